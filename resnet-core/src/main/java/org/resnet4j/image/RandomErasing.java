package org.resnet4j.image;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.RandomResizedCrop.Box;

/**
 * A rectangle replaced by a colour or by random pixels, of Zhong et al., <a
 * href="https://arxiv.org/abs/1708.04896">Random Erasing</a>. Rectangles are drawn as by
 * torchvision 0.14's {@code RandomErasing}.
 *
 * <p>torchvision erases the normalised tensor; this erases the bytes before they are normalised.
 * Its value 0 is the dataset's mean, so {@link #ofMean} takes the nearest bytes, which normalise to
 * within half a byte of 0. Random pixels are bytes of even distribution, as in the paper;
 * torchvision's are normally distributed after normalisation.
 *
 * @param probability of erasing, above 0 and at most 1
 * @param minScale smallest area of the rectangle as a share of the image, 0 or more
 * @param maxScale largest area, at most 1
 * @param minRatio smallest height divided by width of the rectangle
 * @param maxRatio largest height divided by width
 * @param fill one value of 0 to 255 for all channels, or red, green and blue; none for random
 *     pixels
 */
public record RandomErasing(
    double probability,
    double minScale,
    double maxScale,
    double minRatio,
    double maxRatio,
    List<Integer> fill)
    implements Transform {
  private static final String NAME = "random erasing";

  /** The number of rectangles to draw before the image is left alone. */
  private static final int TRIES = 10;

  /** The largest ratio of two sides. */
  private static final double MOST_RATIO = 1000;

  public RandomErasing {
    Requirements.probability(NAME, probability);
    if (!(minScale >= 0 && minScale <= maxScale && maxScale <= 1)) {
      throw new IllegalArgumentException(
          "%s: expected scales of 0 to 1, smallest first, but they were %s and %s"
              .formatted(NAME, minScale, maxScale));
    }
    if (!(minRatio >= 1 / MOST_RATIO && minRatio <= maxRatio && maxRatio <= MOST_RATIO)) {
      throw new IllegalArgumentException(
          "%s: expected ratios from 0.001 to 1000, smallest first, but they were %s and %s"
              .formatted(NAME, minRatio, maxRatio));
    }
    fill = fill.isEmpty() ? List.of() : Requirements.fill(NAME, fill);
  }

  /**
   * Creates the augmentation with torchvision's ranges: 2 to 33 % of the area, ratios of 0.3 to
   * 3.3.
   *
   * @param fill one value or three, or none for random pixels
   */
  public RandomErasing(double probability, List<Integer> fill) {
    this(probability, 0.02, 0.33, 0.3, 3.3, fill);
  }

  /** Returns the augmentation whose rectangles are closest to 0 after {@code normalization}. */
  public static RandomErasing ofMean(double probability, Normalization normalization) {
    return new RandomErasing(probability, mean(normalization));
  }

  /** Returns the bytes that normalise to about 0, red first. */
  static List<Integer> mean(Normalization normalization) {
    List<Integer> bytes = new ArrayList<>();
    for (double mean : normalization.mean()) {
      bytes.add((int) Math.max(0, Math.min(255, Math.rint(mean * normalization.divisor()))));
    }
    if (normalization.order() == Normalization.Order.BLUE_GREEN_RED) {
      Collections.reverse(bytes);
    }
    return bytes;
  }

  @Override
  public Image apply(Image image, RandomGenerator random) {
    if (random.nextDouble() >= probability) {
      return image;
    }
    Optional<Box> box = draw(image.shape(), random);
    if (box.isEmpty()) {
      return image;
    }
    if (!fill.isEmpty()) {
      return filled(image, box.get(), fill);
    }
    byte[] pixels = new byte[image.shape().channels() * box.get().height() * box.get().width()];
    random.nextBytes(pixels);
    return replaced(image, box.get(), pixels);
  }

  Optional<Box> draw(Shape image, RandomGenerator random) {
    for (int i = 0; i < TRIES; i++) {
      double area =
          (double) image.height()
              * image.width()
              * (minScale + (maxScale - minScale) * random.nextDouble());
      double least = Math.log(minRatio);
      double ratio = Math.exp(least + (Math.log(maxRatio) - least) * random.nextDouble());
      int height = (int) Math.rint(Math.sqrt(area * ratio));
      int width = (int) Math.rint(Math.sqrt(area / ratio));
      if (height < image.height() && width < image.width()) {
        int top = random.nextInt(image.height() - height + 1);
        return Optional.of(new Box(top, random.nextInt(image.width() - width + 1), height, width));
      }
    }
    return Optional.empty();
  }

  /** Returns the image with a part in one colour. */
  static Image filled(Image image, Box box, List<Integer> fill) {
    byte[] colour = Sampler.colour(fill, image.shape().channels());
    int plane = box.height() * box.width();
    byte[] part = new byte[colour.length * plane];
    for (int channel = 0; channel < colour.length; channel++) {
      Arrays.fill(part, channel * plane, (channel + 1) * plane, colour[channel]);
    }
    return replaced(image, box, part);
  }

  /** Returns the image with other pixels, {@code [C, height, width]}, in a part of it. */
  static Image replaced(Image image, Box box, byte[] part) {
    Shape shape = image.shape();
    byte[] replaced = image.pixels().clone();
    for (int row = 0; row < shape.channels() * box.height(); row++) {
      int y = row / box.height() * shape.height() + box.top() + row % box.height();
      int to = y * shape.width() + box.left();
      System.arraycopy(part, row * box.width(), replaced, to, box.width());
    }
    return new Image(shape, replaced);
  }
}
