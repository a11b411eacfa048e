package org.resnet4j.run;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.HeadKind;
import org.resnet4j.data.ChannelStats;
import org.resnet4j.data.ClassMatching;
import org.resnet4j.data.HeldOut;
import org.resnet4j.data.ImageSums;
import org.resnet4j.image.Fit;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.Interpolation;
import org.resnet4j.recipe.Balance;
import org.resnet4j.recipe.Recipe;

/**
 * The settings that determine the result; a checkpoint is resumed only with an equal setup.
 *
 * @param seed of initial weights, order of examples, augmentation and dropout
 * @param classes names, in the order of labels
 * @param stats statistics that pixels were normalised with, unless {@code images} says it
 * @param images pipeline of images outside of training; null for a stretch and {@code stats}
 * @param tuning the model that training starts from; null for initial weights
 * @param teaching the model that the network learns from beside the labels; null for none
 * @param multiLabel whether an example may have several labels, or none; the loss is then {@link
 *     Recipe.Loss#BINARY_CROSS_ENTROPY}
 */
public record RunSetup(
    Architecture architecture,
    Recipe recipe,
    long seed,
    Data training,
    Data test,
    List<String> classes,
    ChannelStats stats,
    @Nullable ImagePipeline images,
    @Nullable Tuning tuning,
    @Nullable Teaching teaching,
    boolean multiLabel) {
  /** Creates the setup of a run from initial weights on stretched images of one label each. */
  public RunSetup(
      Architecture architecture,
      Recipe recipe,
      long seed,
      Data training,
      Data test,
      List<String> classes,
      ChannelStats stats) {
    this(architecture, recipe, seed, training, test, classes, stats, null, null, null, false);
  }

  public RunSetup {
    classes = List.copyOf(classes);
    recipe.steps(recipe.batches(training.examples()));
    if (architecture.head().kind() != HeadKind.CLASSIFIER) {
      throw new IllegalArgumentException(
          "%s: training needs a classifier but the head is %s"
              .formatted(architecture.name(), architecture.head().kind()));
    }
    if (classes.size() < 2) {
      throw new IllegalArgumentException(
          "%s: expected at least two classes but there are %s; add a folder of images, or a label, for another"
              .formatted(training.origin(), classes));
    }
    if (tuning != null && recipe.whitening().isOn()) {
      throw new IllegalArgumentException(
          "whitening: expected none, because training starts from %s, whose first convolution is kept, but there are %s images for it; set whitening.images=0"
              .formatted(tuning.from(), recipe.whitening().images()));
    }
    if (multiLabel) {
      requireIndependent(recipe, teaching);
    }
    if (recipe.balance() == Balance.LOSS
        && !recipe.classWeights().keySet().equals(Set.copyOf(classes))) {
      throw new IllegalArgumentException(
          "class weights: expected one for each of %s but they are %s; Recipe.weighted computes them"
              .formatted(classes, recipe.classWeights()));
    }
    if (classes.size() != architecture.classes()) {
      throw new IllegalArgumentException(
          "%s: expected one output for each of %s classes but it has %s"
              .formatted(architecture.name(), classes.size(), architecture.classes()));
    }
  }

  private static void requireIndependent(Recipe recipe, @Nullable Teaching teaching) {
    if (recipe.loss() != Recipe.Loss.BINARY_CROSS_ENTROPY) {
      throw new IllegalArgumentException(
          "loss: expected BINARY_CROSS_ENTROPY, because images have several labels, but was %s; set loss=BINARY_CROSS_ENTROPY, or leave it out"
              .formatted(recipe.loss()));
    }
    if (teaching != null) {
      throw new IllegalArgumentException(
          "teacher: expected none, because images have several labels and distillation is of one label an image, but was %s; leave it out"
              .formatted(teaching.from()));
    }
  }

  /** Returns this setup with another recipe. */
  RunSetup with(Recipe other) {
    return new RunSetup(
        architecture,
        other,
        seed,
        training,
        test,
        classes,
        stats,
        images,
        tuning,
        teaching,
        multiLabel);
  }

  /**
   * Returns the predictions of {@code network}, as {@link Predictions} makes them of its classes.
   */
  public Predictions predictions(
      UnaryOperator<INDArray> network, DataSetIterator data, IntConsumer progress) {
    ClassMatching outputs = ClassMatching.same(classes.size());
    return multiLabel
        ? Predictions.ofLabels(network, data, classes, outputs, progress)
        : Predictions.of(network, data, classes, outputs, progress);
  }

  /** Returns the pipeline of images outside of training: the pixels are those of its test. */
  public ImagePipeline pipeline() {
    return images != null
        ? images
        : ImagePipeline.of(
            architecture.input(), Fit.stretch(Interpolation.BILINEAR), stats.normalization());
  }

  /**
   * The data of a run and its identification.
   *
   * @param origin where it was found, for people
   * @param fingerprint equal for equal data, for example a checksum
   * @param heldOut random split that it is of; null if it has another, or the usual one
   * @param leftOut paths of images that were left out, relative to its folder
   * @param sums contents of the images as {@link ImageSums} writes them; empty if they were not
   *     recorded
   */
  public record Data(
      String name,
      String origin,
      String fingerprint,
      int examples,
      @Nullable HeldOut heldOut,
      List<String> leftOut,
      String sums) {
    public Data {
      // Records of older runs lack them.
      leftOut = List.copyOf(Objects.requireNonNullElse(leftOut, List.of()));
      sums = ImageSums.parse(Objects.requireNonNullElse(sums, "")).toString();
    }

    /** Creates data that is used as it is. */
    public Data(String name, String origin, String fingerprint, int examples) {
      this(name, origin, fingerprint, examples, null, List.of(), "");
    }
  }
}
