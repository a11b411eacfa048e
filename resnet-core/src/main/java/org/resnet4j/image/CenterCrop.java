package org.resnet4j.image;

import java.util.Arrays;
import org.resnet4j.arch.Shape;

/**
 * A crop of the middle of an image, padded with black where the image is too small. It is
 * torchvision's {@code CenterCrop}, which rounds half a pixel to the even side.
 */
record CenterCrop(int height, int width) {
  Image of(Image image) {
    Shape from = image.shape();
    int top = start(from.height(), height);
    int left = start(from.width(), width);
    return placed(image, height, width, top, left, new byte[from.channels()]);
  }

  /** Returns the start of the crop in the image; negative where the image is smaller. */
  static int start(int from, int to) {
    return from < to ? -((to - from) / 2) : (int) Math.rint((from - to) / 2.0);
  }

  /**
   * Returns the window whose corner is at ({@code top}, {@code left}) of the image.
   *
   * @param colour of the window outside of the image, one byte a channel
   */
  static Image placed(Image image, int height, int width, int top, int left, byte[] colour) {
    Shape from = image.shape();
    if (from.height() == height && from.width() == width && top == 0 && left == 0) {
      return image;
    }
    Shape to = new Shape(from.channels(), height, width);
    byte[] pixels = new byte[Math.toIntExact(to.size())];
    int begin = Math.max(0, left);
    int copied = Math.min(width + left, from.width()) - begin;
    for (int channel = 0; channel < from.channels(); channel++) {
      int plane = channel * height * width;
      Arrays.fill(pixels, plane, plane + height * width, colour[channel]);
      for (int y = Math.max(0, -top);
          copied > 0 && y < Math.min(height, from.height() - top);
          y++) {
        int source = (channel * from.height() + y + top) * from.width() + begin;
        System.arraycopy(
            image.pixels(), source, pixels, plane + y * width + Math.max(0, -left), copied);
      }
    }
    return new Image(to, pixels);
  }
}
