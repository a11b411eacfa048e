package org.resnet4j.image;

import java.util.Arrays;
import java.util.List;
import org.resnet4j.arch.Shape;

/**
 * The movement of pixels in augmentations. The results equal, byte for byte, Pillow's {@code
 * Image.transform(size, AFFINE, …, fillcolor=fill)}.
 *
 * @param fill colour of pixels from outside of the image: one value for all channels, or red, green
 *     and blue, whose luma is taken for gray images
 */
record Sampler(Sampling interpolation, List<Integer> fill) {
  /** The scale of Pillow's fixed-point coordinates. */
  private static final double FIXED_ONE = 1 << 16;

  private static final int FIXED_BITS = 16;

  Sampler {
    fill = Requirements.fill("augmentation", fill);
  }

  /** Returns {@code fill} for an image of 1 or 3 channels, one byte a channel. */
  static byte[] colour(List<Integer> fill, int channels) {
    byte[] colour = new byte[fill.size()];
    for (int i = 0; i < colour.length; i++) {
      colour[i] = fill.get(i).byteValue();
    }
    return new Channels(channels).of(new Image(new Shape(colour.length, 1, 1), colour)).pixels();
  }

  /** Returns the image moved by whole pixels to the right and down, which both filters give. */
  Image translated(Image image, int right, int down) {
    Shape shape = image.shape();
    byte[] colour = colour(fill, shape.channels());
    return CenterCrop.placed(image, shape.height(), shape.width(), -down, -right, colour);
  }

  Image apply(Image image, Affine affine) {
    Shape shape = image.shape();
    if (Math.max(shape.height(), shape.width()) > Resize.MOST_SIDE) {
      throw new IllegalArgumentException(
          "augmentation: expected an image with sides of at most %s pixels but was %s; resize it first"
              .formatted(Resize.MOST_SIDE, shape));
    }
    byte[] moved = new byte[image.pixels().length];
    byte[] colour = colour(fill, shape.channels());
    int plane = shape.height() * shape.width();
    for (int channel = 0; channel < shape.channels(); channel++) {
      Arrays.fill(moved, channel * plane, (channel + 1) * plane, colour[channel]);
    }
    if (interpolation == Sampling.NEAREST) {
      nearest(image, affine, moved);
    } else {
      for (int y = 0; y < shape.height(); y++) {
        bilinear(image, affine, y, moved);
      }
    }
    return new Image(shape, moved);
  }

  /** Pillow rounds the matrix to 1/65,536 of a pixel and adds it up along rows and columns. */
  private static void nearest(Image image, Affine map, byte[] moved) {
    int height = image.shape().height();
    int width = image.shape().width();
    byte[] pixels = image.pixels();
    int rightX = fixed(map.a());
    int rightY = fixed(map.d());
    int downX = fixed(map.b());
    int downY = fixed(map.e());
    int startX = fixed(map.c() + map.a() * 0.5 + map.b() * 0.5);
    int startY = fixed(map.f() + map.d() * 0.5 + map.e() * 0.5);
    for (int y = 0; y < height; y++, startX += downX, startY += downY) {
      int fixedX = startX;
      int fixedY = startY;
      for (int x = 0; x < width; x++, fixedX += rightX, fixedY += rightY) {
        int fromX = fixedX >> FIXED_BITS;
        int fromY = fixedY >> FIXED_BITS;
        if (fromX >= 0 && fromX < width && fromY >= 0 && fromY < height) {
          int from = fromY * width + fromX;
          int to = y * width + x;
          for (; from < pixels.length; from += height * width, to += height * width) {
            moved[to] = pixels[from];
          }
        }
      }
    }
  }

  private static int fixed(double value) {
    return (int) Math.floor(value * FIXED_ONE + 0.5);
  }

  private static void bilinear(Image image, Affine map, int y, byte[] moved) {
    int height = image.shape().height();
    int width = image.shape().width();
    byte[] pixels = image.pixels();
    double middleY = y + 0.5;
    for (int x = 0; x < width; x++) {
      double middleX = x + 0.5;
      double fromX = map.a() * middleX + map.b() * middleY + map.c();
      double fromY = map.d() * middleX + map.e() * middleY + map.f();
      if (fromX < 0 || fromX >= width || fromY < 0 || fromY >= height) {
        continue;
      }
      fromX -= 0.5;
      fromY -= 0.5;
      int left = fromX < 0 ? -1 : (int) fromX;
      int top = fromY < 0 ? -1 : (int) fromY;
      double across = fromX - left;
      double down = fromY - top;
      int upper = Math.max(0, top) * width;
      int lower = Math.min(height - 1, top + 1) * width;
      int right = Math.min(width - 1, left + 1);
      left = Math.max(0, left);
      int to = y * width + x;
      for (int plane = 0; plane < pixels.length; plane += height * width) {
        double above = between(pixels[plane + upper + left], pixels[plane + upper + right], across);
        double below = between(pixels[plane + lower + left], pixels[plane + lower + right], across);
        moved[plane + to] = (byte) (int) (above + (below - above) * down);
      }
    }
  }

  private static double between(byte left, byte right, double across) {
    int from = left & 0xff;
    return from + ((right & 0xff) - from) * across;
  }
}
