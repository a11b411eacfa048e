package org.resnet4j.image;

import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.arch.Shape;
import org.resnet4j.support.Json;
import org.resnet4j.support.JsonException;

/**
 * The way from a decoded image to what a network reads: colour, fit, augmentations in training,
 * normalisation. Training, evaluation, classification and feature extraction use the same value, so
 * that they see the same pixels.
 *
 * <pre>{@code
 * ImagePipeline pipeline =
 *     ImagePipeline.of(
 *         new Shape(3, 224, 224),
 *         Fit.centerCrop(256, Interpolation.BILINEAR),
 *         Normalization.TORCHVISION);
 * float[] input = ImageFiles.read(file, pipeline::prepare); // [C, H, W], row by row
 * }</pre>
 *
 * @param output shape of the network's input, {@code [C, H, W]}: 1 or 3 channels, sides of at most
 *     8,192 pixels
 * @param fit how images become {@code output} high and wide
 * @param normalization of the bytes
 * @param augmentations random changes of training images, in this order, after the fit; a {@link
 *     RandomResizedCrop} comes first and takes the place of the fit
 */
public record ImagePipeline(
    Shape output, Fit fit, Normalization normalization, List<Transform> augmentations)
    implements Json.Form {
  private static final int MOST_AUGMENTATIONS = 16;

  public ImagePipeline {
    augmentations = List.copyOf(augmentations);
    int longest = Math.max(output.height(), output.width());
    if ((output.channels() != 1 && output.channels() != 3) || longest > Resize.MOST_SIDE) {
      throw new IllegalArgumentException(
          "image pipeline: expected an output of 1 or 3 channels with sides of 1 to %s but was %s"
              .formatted(Resize.MOST_SIDE, output));
    }
    if (augmentations.size() > MOST_AUGMENTATIONS) {
      throw new IllegalArgumentException(
          "image pipeline: expected at most %s augmentations but there are %s"
              .formatted(MOST_AUGMENTATIONS, augmentations.size()));
    }
    if (augmentations.stream().skip(1).anyMatch(RandomResizedCrop.class::isInstance)) {
      throw new IllegalArgumentException(
          "image pipeline: expected a random resized crop before all other augmentations, because it"
              + " takes the place of the fit, but they are "
              + augmentations);
    }
    normalization.require(output);
  }

  /** Returns a pipeline without augmentations. */
  public static ImagePipeline of(Shape output, Fit fit, Normalization normalization) {
    return new ImagePipeline(output, fit, normalization, List.of());
  }

  /** Returns the pipeline of images of {@code shape} that are only normalised. */
  public static ImagePipeline exact(Shape shape, Normalization normalization) {
    return of(shape, Fit.exact(), normalization);
  }

  /** Returns the same pipeline with these augmentations instead of its own. */
  public ImagePipeline augmented(List<Transform> inOrder) {
    return new ImagePipeline(output, fit, normalization, inOrder);
  }

  /** Returns the same pipeline with these augmentations instead of its own. */
  public ImagePipeline augmented(Transform... inOrder) {
    return augmented(List.of(inOrder));
  }

  /** Returns the same pipeline without augmentations. */
  public ImagePipeline forInference() {
    return augmented(List.of());
  }

  /**
   * Returns the same pipeline for squares of another size. A share that a centre crop keeps stays;
   * images that were taken as they are are stretched.
   */
  public ImagePipeline ofSide(int side) {
    Shape square = new Shape(output.channels(), side, side);
    return square.equals(output)
        ? this
        : new ImagePipeline(square, fit.scaled(output, side), normalization, augmentations);
  }

  /** Returns the same pipeline with another fit. */
  public ImagePipeline with(Fit other) {
    return new ImagePipeline(output, other, normalization, augmentations);
  }

  /** Returns the same pipeline with another normalisation. */
  public ImagePipeline with(Normalization other) {
    return new ImagePipeline(output, fit, other, augmentations);
  }

  /**
   * Returns the part of the way that nothing random is in, so that its result can be kept for other
   * epochs: the colour, and the fit unless a {@link RandomResizedCrop} takes its place.
   *
   * @throws IllegalArgumentException when the image does not become one of {@link #output}
   */
  public Image fitted(Image decoded) {
    Image image = new Channels(output.channels()).of(decoded);
    RandomResizedCrop crop = crop();
    return crop == null
        ? fit.apply(image, output.height(), output.width())
        : crop.drawable(image, output.height(), output.width());
  }

  /**
   * Returns the bytes that the network sees in training of a {@link #fitted} image, before they are
   * normalised.
   *
   * @param random draws the augmentations; equal seeds give equal pixels
   * @param mirrored whether an {@link AlternatingFlip} mirrors the image
   */
  public Image augmented(Image fitted, RandomGenerator random, boolean mirrored) {
    RandomResizedCrop crop = crop();
    Image image =
        crop == null ? fitted : crop.apply(fitted, output.height(), output.width(), random);
    for (Transform augmentation :
        augmentations.subList(crop == null ? 0 : 1, augmentations.size())) {
      image = augmentation.apply(image, random, mirrored);
    }
    return image;
  }

  /** Returns the crop that takes the place of the fit; null without one. */
  private @Nullable RandomResizedCrop crop() {
    return !augmentations.isEmpty() && augmentations.get(0) instanceof RandomResizedCrop crop
        ? crop
        : null;
  }

  /**
   * Returns the bytes that the network sees of a decoded image in inference, before they are
   * normalised.
   *
   * @throws IllegalArgumentException when the image does not become one of {@link #output}
   */
  public Image image(Image decoded) {
    return forInference().fitted(decoded);
  }

  /** Returns the network's input for a decoded image in inference: {@code [C, H, W]}. */
  public float[] prepare(Image decoded) {
    float[] prepared = new float[Math.toIntExact(output.size())];
    normalization.write(image(decoded), normalization.table(output.channels()), prepared);
    return prepared;
  }

  /** Returns the size, fit and normalisation for people, in one line. */
  public String describe() {
    boolean colour = output.channels() > 1;
    return "%sx%s by %s, %s / %s, mean %s, std %s"
        .formatted(
            output.height(),
            output.width(),
            fit,
            colour
                ? normalization.order() == Normalization.Order.BLUE_GREEN_RED ? "BGR" : "RGB"
                : "gray",
            normalization.divisor(),
            normalization.mean(),
            normalization.std());
  }

  /** Returns a batch {@code [N, C, H, W]} of prepared images. */
  public INDArray batch(List<float[]> prepared) {
    int size = Math.toIntExact(output.size());
    float[] all = new float[Math.multiplyExact(prepared.size(), size)];
    for (int i = 0; i < prepared.size(); i++) {
      System.arraycopy(prepared.get(i), 0, all, i * size, size);
    }
    long[] shape = {prepared.size(), output.channels(), output.height(), output.width()};
    return Nd4j.create(all, shape, 'c');
  }

  /**
   * Returns this pipeline as a tree of {@link Json}, which also writes it as a field of a record.
   *
   * <pre>{@code
   * {"output": [3, 224, 224],
   *  "fit": {"kind": "CENTER_CROP", "resize": 256, "interpolation": "BILINEAR"},
   *  "normalization": {"order": "RED_GREEN_BLUE", "divisor": 255, "mean": […], "std": […]},
   *  "augmentations": [{"kind": "HORIZONTAL_FLIP", "probability": 0.5}]}
   * }</pre>
   */
  @Override
  public Map<String, Object> toTree() {
    return PipelineJson.tree(this);
  }

  /**
   * Returns the pipeline of a tree that {@link #toTree} made, or that somebody wrote.
   *
   * @throws JsonException when a field is missing, unknown or out of range
   */
  public static ImagePipeline ofTree(@Nullable Object tree) throws JsonException {
    return PipelineJson.pipeline(tree);
  }
}
