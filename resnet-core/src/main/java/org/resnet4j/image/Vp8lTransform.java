package org.resnet4j.image;

/**
 * A reversible change of a lossless WebP image.
 *
 * @param width of the image after the inverse
 * @param shift binary logarithm of the side of a tile, or of the pixels in one of a palette
 * @param data one number for each tile, or the palette
 */
record Vp8lTransform(int kind, int width, int height, int shift, int[] data) {
  static final int PREDICTOR = 0;
  static final int COLOUR = 1;
  static final int SUBTRACT_GREEN = 2;
  static final int PALETTE = 3;

  private static final int BLACK = 0xff000000;

  /** Returns the number of tiles along {@code size} pixels. */
  static int tiles(int size, int shift) {
    return (size + (1 << shift) - 1) >> shift;
  }

  /** Returns the width of the image before the inverse. */
  int stored() {
    return kind == PALETTE ? tiles(width, shift) : width;
  }

  /** Returns the colours of differences; black follows them. */
  static int[] palette(int[] differences, int shift) {
    int[] palette = new int[1 << (8 >> shift)];
    int colour = 0;
    for (int i = 0; i < differences.length && i < palette.length; i++) {
      colour = sum(colour, differences[i]);
      palette[i] = colour;
    }
    return palette;
  }

  /** Returns the image before the change; the array may be the same. */
  int[] inverse(int[] pixels) {
    switch (kind) {
      case PREDICTOR -> predicted(pixels);
      case COLOUR -> coloured(pixels);
      case SUBTRACT_GREEN -> {
        for (int i = 0; i < pixels.length; i++) {
          int green = (pixels[i] >> 8) & 0xff;
          pixels[i] = sum(pixels[i], (green << 16) | green);
        }
      }
      default -> {
        return indexed(pixels);
      }
    }
    return pixels;
  }

  private int[] indexed(int[] pixels) {
    int[] colours = new int[width * height];
    int stored = stored();
    int size = 8 >> shift;
    int mask = (1 << size) - 1;
    for (int i = 0; i < colours.length; i++) {
      int x = i % width;
      int group = (pixels[i / width * stored + (x >> shift)] >> 8) & 0xff;
      colours[i] = data[(group >> ((x & ((1 << shift) - 1)) * size)) & mask];
    }
    return colours;
  }

  private void coloured(int[] pixels) {
    int across = tiles(width, shift);
    for (int i = 0; i < pixels.length; i++) {
      int factors = data[((i / width) >> shift) * across + ((i % width) >> shift)];
      int pixel = pixels[i];
      byte green = (byte) (pixel >> 8);
      int red = ((pixel >> 16) + (((byte) factors * green) >> 5)) & 0xff;
      int blue =
          pixel
              + (((byte) (factors >> 8) * green) >> 5)
              + (((byte) (factors >> 16) * (byte) red) >> 5);
      pixels[i] = (pixel & 0xff00ff00) | (red << 16) | (blue & 0xff);
    }
  }

  private void predicted(int[] pixels) {
    int across = tiles(width, shift);
    for (int i = 0; i < pixels.length; i++) {
      int x = i % width;
      int y = i / width;
      int prediction;
      if (y == 0) {
        prediction = x == 0 ? BLACK : pixels[i - 1];
      } else if (x == 0) {
        prediction = pixels[i - width];
      } else {
        int mode = data[(y >> shift) * across + (x >> shift)] >> 8;
        // above the last pixel to the right is the first of this row
        prediction =
            prediction(
                mode & 0xf,
                pixels[i - 1],
                pixels[i - width - 1],
                pixels[i - width],
                pixels[i - width + 1]);
      }
      pixels[i] = sum(pixels[i], prediction);
    }
  }

  private static int prediction(int mode, int left, int corner, int above, int right) {
    return switch (mode) {
      case 1 -> left;
      case 2 -> above;
      case 3 -> right;
      case 4 -> corner;
      case 5 -> mean(mean(left, right), above);
      case 6 -> mean(left, corner);
      case 7 -> mean(left, above);
      case 8 -> mean(corner, above);
      case 9 -> mean(above, right);
      case 10 -> mean(mean(left, corner), mean(above, right));
      case 11 -> nearer(left, above, corner);
      case 12 -> gradient(left, above, corner);
      case 13 -> halfGradient(mean(left, above), corner);
      default -> BLACK;
    };
  }

  /** Returns the sums of four bytes without carry. */
  private static int sum(int a, int b) {
    int odd = ((a & 0xff00ff00) + (b & 0xff00ff00)) & 0xff00ff00;
    int even = ((a & 0xff00ff) + (b & 0xff00ff)) & 0xff00ff;
    return odd | even;
  }

  private static int mean(int a, int b) {
    return (((a ^ b) >>> 1) & 0x7f7f7f7f) + (a & b);
  }

  /** Returns the one of two neighbours that is nearer to left + above - corner. */
  private static int nearer(int left, int above, int corner) {
    int difference = 0;
    for (int shift = 0; shift < 32; shift += 8) {
      int c = (corner >>> shift) & 0xff;
      difference +=
          Math.abs(((left >>> shift) & 0xff) - c) - Math.abs(((above >>> shift) & 0xff) - c);
    }
    return difference <= 0 ? above : left;
  }

  private static int gradient(int left, int above, int corner) {
    int pixel = 0;
    for (int shift = 0; shift < 32; shift += 8) {
      int value =
          ((left >>> shift) & 0xff) + ((above >>> shift) & 0xff) - ((corner >>> shift) & 0xff);
      pixel |= Vp8Plane.clipped(value) << shift;
    }
    return pixel;
  }

  private static int halfGradient(int mean, int corner) {
    int pixel = 0;
    for (int shift = 0; shift < 32; shift += 8) {
      int value = (mean >>> shift) & 0xff;
      pixel |= Vp8Plane.clipped(value + (value - ((corner >>> shift) & 0xff)) / 2) << shift;
    }
    return pixel;
  }
}
