package org.resnet4j.zoo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.ArchitectureBuilder;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Plan;
import org.resnet4j.graph.ModelFile;
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
   * The network with published weights, which are in the cache: {@code ./resnet weights fetch NAME}
   * brings them.
   *
   * @param weights a name of {@link WeightSets}, or of an architecture for its most accurate set
   * @throws IOException when the file is not there, or not the one that its publisher says
   */
  public static ComputationGraph load(String weights) throws IOException {
    return Pretrained.of(weights).network();
  }

  /** The network of {@code row} with the weights in {@code file}. */
  static ComputationGraph load(Architecture row, Path file) throws IOException {
    if (!file.toString().endsWith(".zip")) {
      throw new IOException(
          "%s: expected a Deeplearning4j zip of %s, the only weight file that can be read here"
              .formatted(file, row.name()));
    }
    ComputationGraph network = ModelFile.read(file, ModelFile.Updater.DROP);
    long expected = Plan.of(row).dl4jParameterCount();
    if (network.numParams() != expected) {
      throw new IOException(
          "%s: expected the %d parameters of %s but there are %d; name the architecture that the file is of"
              .formatted(file, expected, row.name(), network.numParams()));
    }
    return network;
  }

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
