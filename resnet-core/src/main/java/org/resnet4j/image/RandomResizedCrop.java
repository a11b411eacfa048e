package org.resnet4j.image;

import java.util.random.RandomGenerator;
import org.resnet4j.arch.Shape;

/**
 * A random part of an image, resized. In training it takes the place of the pipeline's {@link Fit}.
 * It is torchvision's {@code RandomResizedCrop(size, scale, ratio)} of a PIL image.
 *
 * @param minScale smallest area of the part as a share of the image, above 0
 * @param maxScale largest area, at most 1
 * @param minRatio smallest width divided by height of the part
 * @param maxRatio largest width divided by height
 * @param interpolation filter of the resize
 * @param reduced whether images are {@link Reduction reduced} by a whole factor first, as far as
 *     every part stays at least as large as the result. torchvision does not; large images are then
 *     read faster in all epochs but the first
 */
public record RandomResizedCrop(
    double minScale,
    double maxScale,
    double minRatio,
    double maxRatio,
    Interpolation interpolation,
    boolean reduced)
    implements Transform {
  /** The number of parts to draw before a part from the middle is taken. */
  private static final int TRIES = 10;

  /** The largest ratio of two sides. */
  private static final double MOST_RATIO = 1000;

  /** A part of an image, in pixels. */
  record Box(int top, int left, int height, int width) {}

  public RandomResizedCrop {
    if (!(minScale > 0 && minScale <= maxScale && maxScale <= 1)) {
      throw new IllegalArgumentException(
          "random resized crop: expected scales above 0 and at most 1, smallest first, but they were "
              + minScale
              + " and "
              + maxScale);
    }
    if (!(minRatio >= 1 / MOST_RATIO && minRatio <= maxRatio && maxRatio <= MOST_RATIO)) {
      throw new IllegalArgumentException(
          "random resized crop: expected ratios from 0.001 to 1000, smallest first, but they were "
              + minRatio
              + " and "
              + maxRatio);
    }
  }

  /**
   * Creates the crop with torchvision's defaults: 8 to 100 % of the area, ratios of 3/4 to 4/3,
   * bilinear.
   */
  public RandomResizedCrop() {
    this(0.08);
  }

  /** Creates the crop with another smallest share of the area, for example for few images. */
  public RandomResizedCrop(double minScale) {
    this(minScale, 1, 3.0 / 4, 4.0 / 3, Interpolation.BILINEAR, false);
  }

  /** Returns a part of an image in the image's own size. */
  @Override
  public Image apply(Image image, RandomGenerator random) {
    return apply(image, image.shape().height(), image.shape().width(), random);
  }

  Image apply(Image image, int height, int width, RandomGenerator random) {
    return resized(image, draw(image.shape(), random), height, width);
  }

  Image resized(Image image, Box box, int height, int width) {
    Shape from = image.shape();
    byte[] part = new byte[from.channels() * box.height * box.width];
    for (int row = 0; row < from.channels() * box.height; row++) {
      int y = row / box.height * from.height() + box.top + row % box.height;
      System.arraycopy(
          image.pixels(), y * from.width() + box.left, part, row * box.width, box.width);
    }
    return new Resize(height, width, interpolation)
        .apply(new Image(new Shape(from.channels(), box.height, box.width), part));
  }

  /** Returns the image of which parts are drawn: reduced where that is wanted and possible. */
  Image drawable(Image image, int height, int width) {
    return reduced ? Reduction.reduced(image, factor(image.shape(), height, width)) : image;
  }

  /**
   * Returns the largest factor by which an image can be reduced so that its smallest part still has
   * {@code height} × {@code width} pixels; 1 if there is none.
   */
  int factor(Shape image, int height, int width) {
    double area = (double) image.height() * image.width() * minScale;
    double down = Math.min(image.height(), Math.sqrt(area / maxRatio));
    double across = Math.min(image.width(), Math.sqrt(area * minRatio));
    return Math.max(1, (int) Math.min(down / height, across / width));
  }

  Box draw(Shape image, RandomGenerator random) {
    int height = image.height();
    int width = image.width();
    for (int i = 0; i < TRIES; i++) {
      double area = (double) height * width * between(minScale, maxScale, random);
      double ratio = Math.exp(between(Math.log(minRatio), Math.log(maxRatio), random));
      int across = (int) Math.rint(Math.sqrt(area * ratio));
      int down = (int) Math.rint(Math.sqrt(area / ratio));
      if (across > 0 && across <= width && down > 0 && down <= height) {
        int top = random.nextInt(height - down + 1);
        return new Box(top, random.nextInt(width - across + 1), down, across);
      }
    }
    return middle(height, width);
  }

  private static double between(double least, double most, RandomGenerator random) {
    return least + (most - least) * random.nextDouble();
  }

  /** Returns the largest part in the middle whose ratio is in the range. */
  Box middle(int height, int width) {
    double ratio = (double) width / height;
    int down = height;
    int across = width;
    if (ratio < minRatio) {
      down = Math.max(1, (int) Math.rint(width / minRatio));
    } else if (ratio > maxRatio) {
      across = Math.max(1, (int) Math.rint(height * maxRatio));
    }
    return new Box((height - down) / 2, (width - across) / 2, down, across);
  }
}
