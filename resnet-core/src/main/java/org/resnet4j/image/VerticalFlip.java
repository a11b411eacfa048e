package org.resnet4j.image;

import java.util.random.RandomGenerator;

/**
 * A mirroring of top and bottom.
 *
 * @param probability of the mirroring, above 0 and at most 1
 */
public record VerticalFlip(double probability) implements Transform {
  public VerticalFlip {
    Requirements.probability("vertical flip", probability);
  }

  /** Creates a mirroring with probability one half. */
  public VerticalFlip() {
    this(0.5);
  }

  @Override
  public Image apply(Image image, RandomGenerator random) {
    return random.nextDouble() < probability ? flipped(image) : image;
  }

  static Image flipped(Image image) {
    int height = image.shape().height();
    int width = image.shape().width();
    byte[] flipped = new byte[image.pixels().length];
    for (int row = 0; row < image.shape().channels() * height; row++) {
      int opposite = row - row % height + height - 1 - row % height;
      System.arraycopy(image.pixels(), row * width, flipped, opposite * width, width);
    }
    return new Image(image.shape(), flipped);
  }
}
