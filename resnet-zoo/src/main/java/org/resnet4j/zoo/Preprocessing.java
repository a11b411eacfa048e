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
 * Prepares an image of any size for a network. Geometry is byte for byte that of Pillow and
 * torchvision.
 *
 * @param fit way in which the image is brought to {@code output}
 * @param resize length of the shorter side before the crop; unused with {@link Fit#STRETCH}
 * @param output input shape of the network, {@code [C, H, W]}
 */
public record Preprocessing(
    Fit fit, int resize, Shape output, Interpolation interpolation, Normalization values) {
  /** The generator for transforms that are deterministic here. */
  private static final RandomGenerator NO_CHANCE = new SplittableRandom(0);

  /** The ways to bring an image to size. */
  public enum Fit {
    /** Resizes the shorter side, then crops the centre. */
    CENTER_CROP,
    /** Resizes both sides to the network's, whatever the aspect ratio. */
    STRETCH
  }

  public Preprocessing {
    if (fit == Fit.CENTER_CROP && resize < 1) {
      throw new IllegalArgumentException(
          "preprocessing: expected a shorter side of at least 1 pixel but was " + resize);
    }
  }

  /**
   * Returns a preprocessing that resizes the shorter side to {@code resize} and crops a centred
   * square of {@code crop}.
   */
  static Preprocessing crop(
      int resize, int crop, Interpolation interpolation, Normalization values) {
    return new Preprocessing(
        Fit.CENTER_CROP, resize, new Shape(3, crop, crop), interpolation, values);
  }

  /** Returns the preprocessing of test images in training here: a resize of both sides. */
  public static Preprocessing stretch(Shape output, Normalization values) {
    return new Preprocessing(Fit.STRETCH, 0, output, Interpolation.BILINEAR, values);
  }

  /** Returns the image that the network reads, as bytes. */
  public Image image(Image decoded) {
    Image image = new Channels(output.channels()).apply(decoded, NO_CHANCE);
    if (fit == Fit.STRETCH) {
      return new Resize(output.height(), output.width(), interpolation).apply(image, NO_CHANCE);
    }
    return new ShorterSide(resize, interpolation).center(image, output.height(), output.width());
  }

  /** Returns the normalised image, {@code [C, H, W]} in row-major order. */
  public float[] prepare(Image image) {
    float[] prepared = new float[Math.toIntExact(output.size())];
    values.write(image(image), prepared, 0);
    return prepared;
  }

  /** Returns a batch {@code [N, C, H, W]} of prepared images. */
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
