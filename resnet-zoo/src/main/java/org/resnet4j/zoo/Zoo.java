package org.resnet4j.zoo;

import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.ArchitectureBuilder;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Plan;
import org.resnet4j.graph.ResNetGraph;
import org.resnet4j.weights.LoadReport;
import org.resnet4j.weights.Naming;
import org.resnet4j.weights.Tensors;
import org.resnet4j.weights.Tolerance;
import org.resnet4j.weights.WeightBinder;
import org.resnet4j.zoo.naming.Namings;

/**
 * Residual networks by name, with fresh weights or those of a file.
 *
 * <pre>{@code
 * ComputationGraph network = Zoo.create("resnet50");
 * ComputationGraph small =
 *     Zoo.create("resnet18", row -> row.input(1, 96, 96).classes(10), 42);
 * ComputationGraph trained = Zoo.load("resnet50", tensors);
 * }</pre>
 */
public final class Zoo {
  static final long SEED = 42;

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

  /**
   * The network as published, with the weights of a file that torchvision, timm, transformers,
   * Keras or another known program wrote.
   *
   * @param name of the architecture that the weights are for: files of v1 and v1.5 look alike
   * @throws org.resnet4j.weights.WeightMismatchException when the tensors are another network's
   * @throws IllegalArgumentException when the name or the file's naming is unknown, or weights of
   *     that naming are of another form than the architecture
   */
  public static ComputationGraph load(String name, Tensors tensors) throws IOException {
    return load(name, tensors, LoadOptions.strict()).network();
  }

  /** The network with the weights of a file, and a report. */
  public static LoadedNetwork load(String name, Tensors tensors, LoadOptions options)
      throws IOException {
    Architecture published = Architectures.byName(name);
    Architecture row = published.with(options.architecture());
    Naming naming =
        options.naming() == null
            ? Namings.recognise(tensors)
            : Namings.byName(options.naming(), tensors);
    Set<Tolerance> tolerated = EnumSet.noneOf(Tolerance.class);
    tolerated.addAll(options.tolerated());
    if (row.classes() != published.classes()) {
      tolerated.add(Tolerance.OTHER_CLASSES);
    }
    if (row.input().channels() != published.input().channels()) {
      tolerated.add(Tolerance.OTHER_CHANNELS);
    }
    ComputationGraph network = ResNetGraph.of(row).seed(options.seed()).network();
    LoadReport report = WeightBinder.bind(tensors, naming, Plan.of(row), network, tolerated);
    return new LoadedNetwork(row, network, report);
  }
}
