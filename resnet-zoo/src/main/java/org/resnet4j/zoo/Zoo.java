package org.resnet4j.zoo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.ArchitectureBuilder;
import org.resnet4j.arch.Architectures;
import org.resnet4j.fetch.VerifiedFile;
import org.resnet4j.network.ResNetGraph;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.training.Checkpoint;
import org.resnet4j.weightfile.WeightFile;
import org.resnet4j.weights.Tolerance;

/**
 * Builds residual networks by name, with fresh weights or with those of a file.
 *
 * <pre>{@code
 * ComputationGraph network = Zoo.create("resnet50");
 * ComputationGraph small =
 *     Zoo.create("resnet18", arch -> arch.input(1, 96, 96).classes(10), 42);
 * ComputationGraph trained = Zoo.load("resnet50", tensors);
 * }</pre>
 */
public final class Zoo {
  private Zoo() {}

  /**
   * Returns the network with published weights from the cache; {@code ./resnet weights fetch NAME}
   * downloads them.
   *
   * @param weights a name of {@link WeightSets}, or of an architecture for its most accurate
   *     weights
   * @throws IOException when the file is missing or its publisher's checksum differs
   */
  public static ComputationGraph load(String weights) throws IOException {
    return Pretrained.of(weights).network();
  }

  /**
   * Returns the network with the weights in {@code file}, in any format of {@link WeightFile}. The
   * network in a Deeplearning4j zip is taken unchanged.
   *
   * @param name of the architecture, which the file does not tell: files of v1 and v1.5 look alike
   * @throws IOException when the file is damaged or of another network
   */
  public static LoadedNetwork load(String name, Path file, LoadOptions options) throws IOException {
    Architecture published = Architectures.byName(name);
    Architecture architecture = published.with(options.architecture());
    return WeightLoading.load(
        architecture, file, options, WeightLoading.tolerated(published, architecture, options));
  }

  /**
   * Returns the network with published weights in a file, which is verified first.
   *
   * @throws IOException when the file is missing or its publisher's checksum differs
   */
  public static LoadedNetwork load(PretrainedWeights weights, Path file, LoadOptions options)
      throws IOException {
    WeightStore.requireThere(weights, file);
    VerifiedFile verified = WeightStore.verify(weights, file);
    Architecture published = weights.architectureSpec();
    Architecture architecture = published.with(options.architecture());
    LoadedNetwork loaded =
        WeightLoading.load(
            architecture, file, options, WeightLoading.tolerated(published, architecture, options));
    verified.requireUnchanged();
    return loaded;
  }

  /**
   * Returns a network that was trained here; its file names the architecture.
   *
   * @throws IOException when the file does not name it
   */
  public static LoadedNetwork load(Path model) throws IOException {
    Architecture architecture =
        WeightFile.isDeeplearning4j(model)
            ? Checkpoint.findRecord(model).map(run -> run.setup().architecture()).orElse(null)
            : null;
    if (architecture == null) {
      throw new IOException(
          model
              + ": expected a model zip from train, whose run record names the architecture, but there is no record; name the architecture");
    }
    return WeightLoading.ofZip(architecture, model);
  }

  /**
   * Returns the network as published: {@code [N, C, H, W]} in, probabilities {@code [N, classes]}
   * out.
   *
   * @throws IllegalArgumentException when the name is unknown; the message names the nearest
   */
  public static ComputationGraph create(String name) {
    return create(name, UnaryOperator.identity(), LoadOptions.SEED);
  }

  /**
   * Returns the network with some fields of its architecture changed.
   *
   * @throws IllegalArgumentException when the name is unknown or the fields cannot be combined
   */
  public static ComputationGraph create(
      String name, UnaryOperator<ArchitectureBuilder> change, long seed) {
    return ResNetGraph.of(Architectures.byName(name).with(change)).seed(seed).network();
  }

  /**
   * Returns the network as published, with the weights of a file from torchvision, timm,
   * transformers, Keras or another known program.
   *
   * @param name of the architecture, which the file does not tell: files of v1 and v1.5 look alike
   * @throws org.resnet4j.weights.WeightMismatchException when the tensors are those of another
   *     network
   * @throws IllegalArgumentException when the name or the key mapping is unknown, or weights of
   *     that key mapping cannot have the architecture's form
   */
  public static ComputationGraph load(String name, Tensors tensors) throws IOException {
    return load(name, tensors, LoadOptions.strict()).network();
  }

  /** Returns the network with the weights of a file, and a report. */
  public static LoadedNetwork load(String name, Tensors tensors, LoadOptions options)
      throws IOException {
    Architecture published = Architectures.byName(name);
    Architecture architecture = published.with(options.architecture());
    return WeightLoading.bound(
        architecture, tensors, options, WeightLoading.tolerated(published, architecture, options));
  }

  /**
   * Returns a builder of a network for other classes, from published weights in the cache.
   *
   * @param weights a name of {@link WeightSets}, or of an architecture for its most accurate
   *     weights
   * @throws IOException when the file is missing or its publisher's checksum differs
   */
  public static Transfer transfer(String weights) throws IOException {
    return transfer(Pretrained.of(weights));
  }

  /** Returns a builder from the user's model: {@code Pretrained.of(Path.of("runs/mine"))}. */
  public static Transfer transfer(Pretrained model) {
    Architecture architecture = model.architecture();
    if (architecture == null) {
      throw new IllegalArgumentException(
          model.name()
              + ": the file does not name its architecture; name it: Zoo.transfer(architecture, network)");
    }
    return new Transfer(architecture, model.network());
  }

  /**
   * Returns a builder from a weight file of any known program, with any number of classes.
   *
   * @param architecture that the weights are for
   */
  public static Transfer transfer(String architecture, Path file) throws IOException {
    try (Tensors tensors = WeightFile.open(file)) {
      return transfer(architecture, tensors);
    }
  }

  /** Returns a builder from tensors in memory or in an open file. */
  public static Transfer transfer(String architecture, Tensors tensors) throws IOException {
    LoadedNetwork loaded =
        load(architecture, tensors, LoadOptions.strict().tolerate(Tolerance.OTHER_CLASSES));
    return new Transfer(loaded.architecture(), loaded.network());
  }

  /** Returns a builder from a network that was built from {@code architecture}. */
  public static Transfer transfer(Architecture architecture, ComputationGraph network) {
    return new Transfer(architecture, network);
  }
}
