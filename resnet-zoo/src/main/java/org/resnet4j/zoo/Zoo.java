package org.resnet4j.zoo;

import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.resnet4j.arch.ArchitectureBuilder;
import org.resnet4j.arch.Architectures;
import org.resnet4j.graph.ResNetGraph;

/**
 * Residual networks by name, with fresh weights.
 *
 * <pre>{@code
 * ComputationGraph network = Zoo.create("resnet50");
 * ComputationGraph small =
 *     Zoo.create("resnet18", row -> row.input(1, 96, 96).classes(10), 42);
 * }</pre>
 */
public final class Zoo {
  private static final long SEED = 42;

  private Zoo() {}

  /**
   * The network as published: {@code [N, C, H, W]} in, probabilities {@code [N, classes]} out.
   *
   * @throws IllegalArgumentException when the name is unknown; the message names the nearest
   */
  public static ComputationGraph create(String name) {
    return create(name, UnaryOperator.identity(), SEED);
  }

  /**
   * The network with some columns of its row changed.
   *
   * @throws IllegalArgumentException when the name is unknown or the columns do not go together
   */
  public static ComputationGraph create(
      String name, UnaryOperator<ArchitectureBuilder> change, long seed) {
    return ResNetGraph.of(Architectures.byName(name).with(change)).seed(seed).network();
  }
}
