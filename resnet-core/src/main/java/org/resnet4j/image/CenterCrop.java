package org.resnet4j.image;

import java.util.random.RandomGenerator;
import org.resnet4j.arch.Shape;

/**
 * A crop of the middle of an image, padded with black where the image is too small. It is
 * torchvision's {@code CenterCrop}, which rounds half a pixel to the even side.
 */
public record CenterCrop(int height, int width) implements Transform {
  public CenterCrop {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "crop: expected sides of at least 1 pixel but was " + height + "x" + width);
    }
  }

  @Override
  public Image apply(Image image, RandomGenerator random) {
    return of(image);
  }

  Image of(Image image) {
    Shape from = image.shape();
    if (from.height() == height && from.width() == width) {
      return image;
    }
    int top = start(from.height(), height);
    int left = start(from.width(), width);
    Shape to = new Shape(from.channels(), height, width);
    byte[] pixels = new byte[Math.toIntExact(to.size())];
    int copied = Math.min(width, from.width());
    for (int row = 0; row < from.channels() * height; row++) {
      int y = row % height + top;
      if (y >= 0 && y < from.height()) {
        int source = (row / height * from.height() + y) * from.width() + Math.max(0, left);
        System.arraycopy(image.pixels(), source, pixels, row * width + Math.max(0, -left), copied);
      }
    }
    return new Image(to, pixels);
  }

  /** Returns the start of the crop in the image; negative where the image is smaller. */
  static int start(int from, int to) {
    return from < to ? -((to - from) / 2) : (int) Math.rint((from - to) / 2.0);
  }
}
