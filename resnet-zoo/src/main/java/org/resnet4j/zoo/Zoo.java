package org.resnet4j.zoo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.ArchitectureBuilder;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Plan;
import org.resnet4j.graph.ModelFile;
import org.resnet4j.graph.ResNetGraph;
import org.resnet4j.weights.LoadReport;
import org.resnet4j.weights.Naming;
import org.resnet4j.weights.Tensors;
import org.resnet4j.weights.Tolerance;
import org.resnet4j.weights.WeightBinder;
import org.resnet4j.zoo.format.WeightFile;
import org.resnet4j.zoo.format.WrapperPrefixes;
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
      try (Tensors tensors = WeightFile.open(file)) {
        return bound(row, tensors, LoadOptions.strict(), Set.of()).network();
      } catch (IllegalArgumentException e) {
        throw new IOException(e.getMessage(), e);
      }
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
    Set<Tolerance> tolerated = EnumSet.noneOf(Tolerance.class);
    tolerated.addAll(options.tolerated());
    if (row.classes() != published.classes()) {
      tolerated.add(Tolerance.OTHER_CLASSES);
    }
    if (row.input().channels() != published.input().channels()) {
      tolerated.add(Tolerance.OTHER_CHANNELS);
    }
    return bound(row, tensors, options, tolerated);
  }

  private static LoadedNetwork bound(
      Architecture row, Tensors file, LoadOptions options, Set<Tolerance> tolerated)
      throws IOException {
    Tensors tensors = WrapperPrefixes.strip(file);
    String family = options.naming();
    Naming naming = family == null ? Namings.recognise(tensors) : Namings.byName(family, tensors);
    ComputationGraph network = ResNetGraph.of(row).seed(options.seed()).network();
    LoadReport report = WeightBinder.bind(tensors, naming, Plan.of(row), network, tolerated);
    return new LoadedNetwork(row, network, report);
  }
}
