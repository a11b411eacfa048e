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
 * Residual networks by name, with fresh weights or those of a file.
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
   * The network with published weights, which are in the cache: {@code ./resnet weights fetch NAME}
   * brings them.
   *
   * @param weights a name of {@link WeightSets}, or of an architecture for its most accurate set
   * @throws IOException when the file is not there, or not the one that its publisher says
   */
  public static ComputationGraph load(String weights) throws IOException {
    return Pretrained.of(weights).network();
  }

  /**
   * The network with the weights in {@code file}, whatever its format: one of {@link WeightFile}'s,
   * Deeplearning4j's zips among them, whose networks are taken as they are.
   *
   * @param name of the architecture that the weights are for: files of v1 and v1.5 look alike
   * @throws IOException when the file is not what its format asks for, or of another network
   */
  public static LoadedNetwork load(String name, Path file, LoadOptions options) throws IOException {
    Architecture published = Architectures.byName(name);
    Architecture row = published.with(options.architecture());
    return WeightLoading.load(row, file, options, WeightLoading.tolerated(published, row, options));
  }

  /**
   * Published weights in a file, which is verified first.
   *
   * @throws IOException when it is not there, or not the one that its publisher says
   */
  public static LoadedNetwork load(PretrainedWeights weights, Path file, LoadOptions options)
      throws IOException {
    WeightStore.requireThere(weights, file);
    VerifiedFile verified = WeightStore.verify(weights, file);
    Architecture published = weights.row();
    Architecture row = published.with(options.architecture());
    LoadedNetwork loaded =
        WeightLoading.load(row, file, options, WeightLoading.tolerated(published, row, options));
    verified.requireUnchanged();
    return loaded;
  }

  /**
   * A network that was trained here: its file says what it is.
   *
   * @throws IOException when it does not
   */
  public static LoadedNetwork load(Path model) throws IOException {
    Architecture row =
        WeightFile.isDeeplearning4j(model)
            ? Checkpoint.findRecord(model).map(run -> run.setup().architecture()).orElse(null)
            : null;
    if (row == null) {
      throw new IOException(
          model
              + ": expected a model that train wrote, which says of what architecture it is, but there is no such record; name the architecture");
    }
    return WeightLoading.ofZip(row, model);
  }

  /**
   * The network as published: {@code [N, C, H, W]} in, probabilities {@code [N, classes]} out.
   *
   * @throws IllegalArgumentException when the name is unknown; the message names the nearest
   */
  public static ComputationGraph create(String name) {
    return create(name, UnaryOperator.identity(), LoadOptions.SEED);
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
    return WeightLoading.bound(
        row, tensors, options, WeightLoading.tolerated(published, row, options));
  }

  /**
   * A network for other classes that starts from published weights, which are in the cache.
   *
   * @param weights a name of {@link WeightSets}, or of an architecture for its most accurate set
   * @throws IOException when the file is not there, or not the one that its publisher says
   */
  public static Transfer transfer(String weights) throws IOException {
    return transfer(Pretrained.of(weights));
  }

  /** The same from a model of one's own: {@code Pretrained.of(Path.of("runs/mine"))}. */
  public static Transfer transfer(Pretrained model) {
    Architecture row = model.architecture();
    if (row == null) {
      throw new IllegalArgumentException(
          model.name()
              + ": the file does not say which architecture it is of; name it: Zoo.transfer(architecture, network)");
    }
    return new Transfer(row, model.network());
  }

  /**
   * The same from a weight file that any known program wrote, for whatever classes.
   *
   * @param architecture that the weights are for
   */
  public static Transfer transfer(String architecture, Path file) throws IOException {
    try (Tensors tensors = WeightFile.open(file)) {
      return transfer(architecture, tensors);
    }
  }

  /** The same from tensors in memory, or in a file that is open. */
  public static Transfer transfer(String architecture, Tensors tensors) throws IOException {
    LoadedNetwork loaded =
        load(architecture, tensors, LoadOptions.strict().tolerate(Tolerance.OTHER_CLASSES));
    return new Transfer(loaded.architecture(), loaded.network());
  }

  /** The same from a network that was made from {@code row}. */
  public static Transfer transfer(Architecture row, ComputationGraph network) {
    return new Transfer(row, network);
  }
}
