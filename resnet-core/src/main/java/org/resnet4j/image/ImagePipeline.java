package org.resnet4j.image;

import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.arch.Shape;

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
 * @param output shape of the network's input, {@code [C, H, W]}
 * @param fit how images become {@code output} high and wide
 * @param normalization of the bytes
 * @param augmentations random changes of training images, in this order, after the fit
 */
public record ImagePipeline(
    Shape output, Fit fit, Normalization normalization, List<Transform> augmentations) {
  public ImagePipeline {
    augmentations = List.copyOf(augmentations);
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

  /** Returns the same pipeline with another normalisation. */
  public ImagePipeline with(Normalization other) {
    return new ImagePipeline(output, fit, other, augmentations);
  }

  /**
   * Returns the bytes that the network sees of a decoded image, before they are normalised.
   *
   * @param random draws the augmentations; equal seeds give equal pixels
   * @throws IllegalArgumentException when the image does not become one of {@link #output}
   */
  public Image image(Image decoded, RandomGenerator random) {
    Image image = new Channels(output.channels()).apply(decoded, random);
    image = fit.apply(image, output.height(), output.width());
    for (Transform augmentation : augmentations) {
      image = augmentation.apply(image, random);
    }
    if (!image.shape().equals(output)) {
      throw new IllegalArgumentException(
          "expected %s but was %s after the augmentations; they must keep the shape"
              .formatted(output, image.shape()));
    }
    return image;
  }

  /** Returns the bytes that the network sees in inference. */
  public Image image(Image decoded) {
    return forInference().image(decoded, new SplittableRandom(0));
  }

  /** Returns the network's input for a decoded image in inference: {@code [C, H, W]}. */
  public float[] prepare(Image decoded) {
    float[] prepared = new float[Math.toIntExact(output.size())];
    normalization.write(image(decoded), normalization.table(output.channels()), prepared);
    return prepared;
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
}
