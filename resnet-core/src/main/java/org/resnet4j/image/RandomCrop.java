package org.resnet4j.image;

import java.util.random.RandomGenerator;
import org.resnet4j.arch.Shape;

/**
 * A crop of the image's own size at a random place of the image with {@code padding} black pixels
 * around it. It is torchvision's {@code RandomCrop(size, padding)}.
 */
public record RandomCrop(int padding) implements Transform {
  public RandomCrop {
    if (padding < 1 || padding > Resize.MOST_SIDE) {
      throw new IllegalArgumentException(
          "random crop: expected padding of 1 to " + Resize.MOST_SIDE + " but was " + padding);
    }
  }

  @Override
  public Image apply(Image image, RandomGenerator random) {
    int down = random.nextInt(2 * padding + 1) - padding;
    int right = random.nextInt(2 * padding + 1) - padding;
    return shifted(image, down, right);
  }

  /** Returns the window whose corner is at ({@code down}, {@code right}) of the image. */
  static Image shifted(Image image, int down, int right) {
    Shape shape = image.shape();
    int from = Math.max(0, right);
    int length = Math.min(shape.width(), shape.width() + right) - from;
    byte[] shifted = new byte[image.pixels().length];
    for (int row = 0; row < shape.channels() * shape.height(); row++) {
      int source = row % shape.height() + down;
      if (source >= 0 && source < shape.height() && length > 0) {
        System.arraycopy(
            image.pixels(),
            (row + down) * shape.width() + from,
            shifted,
            row * shape.width() + from - right,
            length);
      }
    }
    return new Image(shape, shifted);
  }
}
