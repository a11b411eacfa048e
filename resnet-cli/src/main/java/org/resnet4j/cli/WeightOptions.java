package org.resnet4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.ArchitectureBuilder;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Shape;
import org.resnet4j.data.sets.Dataset;
import org.resnet4j.data.sets.OpenDataset;
import org.resnet4j.image.Fit;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.Interpolation;
import org.resnet4j.image.Normalization;
import org.resnet4j.weights.LoadReport;
import org.resnet4j.zoo.LoadOptions;
import org.resnet4j.zoo.Model;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.PretrainedWeights;
import org.resnet4j.zoo.UnknownPipelineException;
import org.resnet4j.zoo.WeightSets;
import org.resnet4j.zoo.WeightStore;
import picocli.CommandLine.Option;

/** The options for the weights of a network named on the command line. */
final class WeightOptions implements Checked {
  @Option(
      names = "--weights",
      paramLabel = "FILE",
      description =
          "File with weights for the architecture, in any format that ./resnet convert reads.")
  @Nullable Path weights;

  @Option(
      names = "--naming",
      paramLabel = "FAMILY",
      description = "State-dict key mapping of --weights, if it cannot be detected.")
  @Nullable String naming;

  @Option(
      names = "--key",
      paramLabel = "PATH",
      description =
          "Weights to take from a checkpoint that holds several, for example state_dict_ema or"
              + " teacher.")
  @Nullable String key;

  @Option(
      names = "--offline",
      description = "Do not download weights; fail if they are not in the cache.")
  boolean offline;

  @Override
  public void check() {
    if (weights == null && (naming != null || key != null)) {
      throw new IllegalArgumentException(
          "%s: expected a file with --weights; published weights have known names"
              .formatted(naming != null ? "--naming" : "--key"));
    }
    options(LoadOptions.strict());
  }

  /** Refuses a model that is neither a path nor a name with weights. */
  void check(String model) {
    if (weights != null) {
      requireNoFile(model);
      if (WeightSets.find(model).isEmpty()) {
        Architectures.byName(model);
      }
    } else if (!isPath(model)) {
      if (isArchitecture(model) && WeightSets.best(model).isEmpty()) {
        throw new IllegalArgumentException(
            "%s: there are no published weights for this architecture; name yours with --weights FILE"
                .formatted(model));
      }
      WeightSets.byName(model);
    }
  }

  /**
   * Returns the model named {@code model}: a file or folder; pretrained weights, downloaded with a
   * message if they are not in the cache; or an architecture, with {@code --weights} or with its
   * most accurate published weights. The same name means the same in every command.
   *
   * @param change applied to an architecture with {@code --weights}, and to published weights
   */
  Model open(String model, UnaryOperator<ArchitectureBuilder> change, PrintWriter err)
      throws IOException {
    return open(model, change, null, null, err);
  }

  /**
   * Returns the model named {@code model}, as {@link #open(String, UnaryOperator, PrintWriter)}
   * does.
   *
   * @param input shape that a file's images are stretched to instead of its own preparation, if not
   *     null
   * @param unknown returns the pipeline for a zip that does not state one; null to refuse it
   */
  Model open(
      String model,
      UnaryOperator<ArchitectureBuilder> change,
      @Nullable Shape input,
      @Nullable UnknownPipeline unknown,
      PrintWriter err)
      throws IOException {
    Optional<PretrainedWeights> published = WeightSets.find(model);
    if (weights != null) {
      return published.isPresent()
          ? Models.published(published.get(), weights, LoadOptions.strict().change(change))
          : told(Models.open(weights, options(LoadOptions.of(model).change(change))), err);
    }
    if (isPath(model)) {
      ModelArgument.requireThere(model);
      return file(Path.of(model), input, unknown);
    }
    PretrainedWeights set = WeightSets.byName(model);
    return Models.published(set, file(set, err), LoadOptions.strict().change(change));
  }

  /**
   * Returns the model named {@code model} for the images of {@code set}, as {@link #open(String,
   * UnaryOperator, Shape, UnknownPipeline, PrintWriter)} does. With {@code --weights}, the
   * architecture gets the data's classes and shape, and pixels are normalised as the data's are
   * where the file does not say how its training images were.
   *
   * @param input shape that images are resized to; null for the model's own or the data's
   */
  Model open(
      String model,
      Dataset set,
      @Nullable Shape input,
      @Nullable UnknownPipeline unknown,
      PrintWriter err)
      throws IOException {
    boolean file = isFile(model);
    Model opened =
        open(
            model,
            weights == null ? arch -> arch : suited(set, input),
            file ? input : null,
            unknown,
            err);
    boolean stated = file || !opened.pipeline().normalization().equals(Normalization.UNIT);
    return stated
        ? opened
        : opened.with(opened.pipeline().with(set.spec().stats().normalization()));
  }

  /** Returns the change of an architecture for the classes and the size of the data's images. */
  private static UnaryOperator<ArchitectureBuilder> suited(Dataset set, @Nullable Shape input)
      throws IOException {
    Shape shape = input == null ? set.spec().shape() : input;
    try (OpenDataset images = set.whole()) {
      int classes = images.source().classes().size();
      return arch -> (shape == null ? arch : arch.input(shape)).classes(classes);
    }
  }

  private LoadOptions options(LoadOptions base) {
    LoadOptions named = base.naming(naming);
    return key == null ? named : named.key(key);
  }

  /** Returns {@code opened}, and prints which of a checkpoint's weights were taken. */
  static Model told(Model opened, PrintWriter err) {
    LoadReport report = opened.provenance().report();
    if (report != null) {
      report.notes().forEach(note -> err.println(opened.name() + ": " + note));
      err.flush();
    }
    return opened;
  }

  /** A pipeline that is needed only if a file does not state its own. */
  interface UnknownPipeline {
    ImagePipeline get() throws IOException;
  }

  private static Model file(Path file, @Nullable Shape input, @Nullable UnknownPipeline unknown)
      throws IOException {
    Model opened;
    try {
      opened = Models.open(file);
    } catch (UnknownPipelineException e) {
      if (unknown == null) {
        throw e;
      }
      opened = Models.open(file, LoadOptions.strict().pipeline(unknown.get()));
    }
    return input == null
        ? opened
        : opened.with(
            ImagePipeline.of(
                input, Fit.stretch(Interpolation.BILINEAR), opened.pipeline().normalization()));
  }

  /** Returns whether {@code model} names a file or folder that has its own weights. */
  boolean isFile(String model) {
    return weights == null && isPath(model);
  }

  /** Returns whether {@code model} is an architecture with neither --weights nor published ones. */
  boolean areMissing(String model) {
    return weights == null && isArchitecture(model) && WeightSets.best(model).isEmpty();
  }

  /** Returns whether {@code model} names a file or folder, which need not exist. */
  private static boolean isPath(String model) {
    return ModelArgument.isPath(model)
        || (Files.exists(Path.of(model))
            && WeightSets.find(model).isEmpty()
            && !isArchitecture(model));
  }

  private void requireNoFile(String model) {
    if (isPath(model)) {
      throw new IllegalArgumentException(
          "--weights: expected an architecture or pretrained weights as the model but %s is a file; leave out one of the two"
              .formatted(model));
    }
  }

  /** Returns the file of {@code set} in the cache, downloaded if it is not there. */
  Path file(PretrainedWeights set, PrintWriter err) throws IOException {
    WeightStore store = WeightStore.usual();
    if (offline || store.has(set)) {
      return store.path(set);
    }
    err.printf("%s: downloading %s (%s)%n", set.name(), set.address(), set.licence());
    err.flush();
    return store.downloading(new FetchLines(err)).get(set);
  }

  static boolean isArchitecture(String name) {
    try {
      Architectures.byName(name);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
