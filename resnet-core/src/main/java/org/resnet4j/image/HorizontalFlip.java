package org.resnet4j.image;

import java.util.random.RandomGenerator;

/**
 * A mirroring of left and right.
 *
 * @param probability of the mirroring, above 0 and at most 1
 */
public record HorizontalFlip(double probability) implements Transform {
  private static final double HALF = 0.5;

  public HorizontalFlip {
    Requirements.probability("horizontal flip", probability);
  }

  /** Creates a mirroring with probability one half. */
  public HorizontalFlip() {
    this(HALF);
  }

  @Override
  public Image apply(Image image, RandomGenerator random) {
    boolean flips = probability == HALF ? random.nextBoolean() : random.nextDouble() < probability;
    return flips ? flipped(image) : image;
  }

  static Image flipped(Image image) {
    int width = image.shape().width();
    byte[] pixels = image.pixels();
    byte[] flipped = new byte[pixels.length];
    for (int row = 0; row < pixels.length; row += width) {
      int last = row + width - 1;
      for (int x = 0; x < width; x++) {
        flipped[row + x] = pixels[last - x];
      }
    }
    return new Image(image.shape(), flipped);
  }
}
