package org.resnet4j.zoo;

import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.Channels;
import org.resnet4j.image.Image;
import org.resnet4j.image.Interpolation;
import org.resnet4j.image.Resize;
import org.resnet4j.image.ShorterSide;

/**
 * From an image of any size to what a network reads. Geometry is Pillow's and torchvision's, byte
 * for byte.
 *
 * @param fit how the image is brought to {@code output}
 * @param resize length of the shorter side before the crop; unused with {@link Fit#STRETCH}
 * @param output what the network reads: {@code [C, H, W]}
 */
public record Preprocessing(
    Fit fit, int resize, Shape output, Interpolation interpolation, Normalization values) {
  /** Nothing here is left to chance. */
  private static final RandomGenerator NO_CHANCE = new SplittableRandom(0);

  /** How an image is brought to size. */
  public enum Fit {
    /** Shorter side to a length, then the middle of it. */
    CENTER_CROP,
    /** Both sides to the network's, whatever becomes of the image's shape. */
    STRETCH
  }

  public Preprocessing {
    if (fit == Fit.CENTER_CROP && resize < 1) {
      throw new IllegalArgumentException(
          "preprocessing: expected a shorter side of at least 1 pixel but was " + resize);
    }
  }

  /** Shorter side to {@code resize}, a square of {@code crop} out of the middle. */
  static Preprocessing crop(
      int resize, int crop, Interpolation interpolation, Normalization values) {
    return new Preprocessing(
        Fit.CENTER_CROP, resize, new Shape(3, crop, crop), interpolation, values);
  }

  /** As a training here prepares test images. */
  public static Preprocessing stretch(Shape output, Normalization values) {
    return new Preprocessing(Fit.STRETCH, 0, output, Interpolation.BILINEAR, values);
  }

  /** The image that the network sees, as bytes. */
  public Image image(Image decoded) {
    Image image = new Channels(output.channels()).apply(decoded, NO_CHANCE);
    if (fit == Fit.STRETCH) {
      return new Resize(output.height(), output.width(), interpolation).apply(image, NO_CHANCE);
    }
    return new ShorterSide(resize, interpolation).center(image, output.height(), output.width());
  }

  /** {@code [C, H, W]} in row-major order. */
  public float[] prepare(Image image) {
    float[] prepared = new float[Math.toIntExact(output.size())];
    values.write(image(image), prepared, 0);
    return prepared;
  }

  /** {@code [N, C, H, W]} of prepared images. */
  public INDArray stack(List<float[]> prepared) {
    int size = Math.toIntExact(output.size());
    float[] all = new float[Math.multiplyExact(prepared.size(), size)];
    for (int i = 0; i < prepared.size(); i++) {
      System.arraycopy(prepared.get(i), 0, all, i * size, size);
    }
    long[] shape = {prepared.size(), output.channels(), output.height(), output.width()};
    return Nd4j.create(all, shape, 'c');
  }
}
