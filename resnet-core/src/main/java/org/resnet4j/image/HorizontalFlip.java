package org.resnet4j.image;

import java.util.random.RandomGenerator;

/** A mirroring of left and right with probability one half. */
public record HorizontalFlip() implements Transform {
  @Override
  public Image apply(Image image, RandomGenerator random) {
    return random.nextBoolean() ? flipped(image) : image;
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
