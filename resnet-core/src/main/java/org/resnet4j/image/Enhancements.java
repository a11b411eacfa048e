package org.resnet4j.image;

import org.resnet4j.arch.Shape;

/**
 * Changes of a pixel that depend on its other channels or neighbours, equal to Pillow's {@code
 * ImageEnhance.Color} and {@code ImageEnhance.Sharpness}.
 */
final class Enhancements {
  /** The weight of the middle of Pillow's {@code ImageFilter.SMOOTH}; its neighbours weigh 1. */
  private static final int MIDDLE = 5;

  private static final int WEIGHTS = MIDDLE + 8;

  private static final byte[] SMOOTH = smooth();

  private Enhancements() {}

  /**
   * Returns the rounded quotient for every weighted sum of nine bytes. Pillow computes it in single
   * precision, whose error is far below the 1/26 by which a quotient misses a half.
   */
  private static byte[] smooth() {
    byte[] table = new byte[WEIGHTS * 255 + 1];
    for (int sum = 0; sum < table.length; sum++) {
      table[sum] = (byte) ((2 * sum + WEIGHTS) / (2 * WEIGHTS));
    }
    return table;
  }

  /** Returns the image at {@code factor} times its saturation; gray images are left alone. */
  static Image coloured(Image image, float factor) {
    if (image.shape().channels() == 1) {
      return image;
    }
    byte[] gray = new Channels(1).of(image).pixels();
    byte[] coloured = new byte[image.pixels().length];
    for (int plane = 0; plane < coloured.length; plane += gray.length) {
      blend(gray, image.pixels(), plane, factor, coloured);
    }
    return new Image(image.shape(), coloured);
  }

  /** Returns the image blurred for factors below 1 and sharpened above. */
  static Image sharpened(Image image, float factor) {
    int height = image.shape().height();
    int width = image.shape().width();
    if (height < 3 || width < 3) {
      return image;
    }
    byte[] blurred = image.pixels().clone();
    for (int row = 0; row < image.shape().channels() * height; row++) {
      if (row % height != 0 && row % height != height - 1) {
        blurRow(image.pixels(), row * width, width, blurred);
      }
    }
    byte[] sharpened = new byte[blurred.length];
    blend(blurred, image.pixels(), 0, factor, sharpened);
    return new Image(image.shape(), sharpened);
  }

  /** Pixels at the border of an image stay as they are. */
  private static void blurRow(byte[] pixels, int row, int width, byte[] blurred) {
    int before = column(pixels, row, width);
    int middle = column(pixels, row + 1, width);
    for (int i = row + 1; i < row + width - 1; i++) {
      int after = column(pixels, i + 1, width);
      int sum = before + middle + after + (MIDDLE - 1) * (pixels[i] & 0xff);
      blurred[i] = SMOOTH[sum];
      before = middle;
      middle = after;
    }
  }

  private static int column(byte[] pixels, int i, int width) {
    return (pixels[i - width] & 0xff) + (pixels[i] & 0xff) + (pixels[i + width] & 0xff);
  }

  /** Blends {@code from} with as many pixels of {@code to} from {@code start} on. */
  private static void blend(byte[] from, byte[] to, int start, float factor, byte[] blended) {
    for (int i = 0; i < from.length; i++) {
      blended[start + i] = (byte) PointTables.blended(from[i] & 0xff, to[start + i] & 0xff, factor);
    }
  }

  /** Returns the luma in every channel. */
  static Image grayscale(Image image) {
    Shape shape = image.shape();
    return new Channels(shape.channels()).of(new Channels(1).of(image));
  }
}
