package org.resnet4j.image;

import java.util.Arrays;

/**
 * One component of a VP8 key frame with the pixels that blocks at its edges are predicted from: 127
 * above, 129 to the left.
 */
final class Vp8Plane {
  static final int DC = 0;
  static final int TRUE_MOTION = 1;
  static final int VERTICAL = 2;
  static final int HORIZONTAL = 3;

  /** The pixels to the right of the last block that a 4×4 block is predicted from. */
  private static final int RIGHT = 4;

  final byte[] pixels;
  final int stride;

  /** The index of the first pixel. */
  final int origin;

  Vp8Plane(int width, int height) {
    stride = 1 + width + RIGHT;
    origin = stride + 1;
    pixels = new byte[stride * (height + 1)];
    Arrays.fill(pixels, 0, stride, (byte) 127);
    for (int row = 1; row <= height; row++) {
      pixels[row * stride] = (byte) 129;
    }
  }

  private int at(int index) {
    return pixels[index] & 0xff;
  }

  static int clipped(int value) {
    return Math.max(0, Math.min(255, value));
  }

  /**
   * Predicts a square of {@code size} pixels from its edges (section 12.2).
   *
   * @param start index of its first pixel
   * @param above whether there is a block above
   * @param left whether there is a block to the left
   */
  void predict(int mode, int start, int size, boolean above, boolean left) {
    int top = start - stride;
    int corner = at(top - 1);
    int mean = mode == DC ? mean(start, size, above, left) : 0;
    for (int y = 0; y < size; y++) {
      int row = start + y * stride;
      int before = at(row - 1);
      for (int x = 0; x < size; x++) {
        pixels[row + x] =
            (byte)
                switch (mode) {
                  case DC -> mean;
                  case TRUE_MOTION -> clipped(before + at(top + x) - corner);
                  case VERTICAL -> at(top + x);
                  default -> before;
                };
      }
    }
  }

  private int mean(int start, int size, boolean above, boolean left) {
    if (!above && !left) {
      return 128;
    }
    int sum = 0;
    for (int i = 0; i < size; i++) {
      sum += (above ? at(start - stride + i) : 0) + (left ? at(start + i * stride - 1) : 0);
    }
    int count = above && left ? 2 * size : size;
    return (sum + count / 2) / count;
  }

  /**
   * Predicts a 4×4 block (section 12.3).
   *
   * @param right index of the four pixels above and to the right; negative repeats the pixel at its
   *     complement
   */
  void predictSmall(int mode, int start, int right) {
    int[] e = new int[13]; // from the lower left to the corner, e[4], to the upper right
    for (int i = 0; i < 4; i++) {
      e[3 - i] = at(start + i * stride - 1);
      e[5 + i] = at(start - stride + i);
      e[9 + i] = at(right < 0 ? ~right : right + i);
    }
    e[4] = at(start - stride - 1);
    if (mode == DC) {
      int sum = 4;
      for (int i = 0; i < 4; i++) {
        sum += e[i] + e[5 + i];
      }
      fill(start, sum >> 3);
      return;
    }
    if (mode == TRUE_MOTION) {
      predict(mode, start, 4, true, true);
      return;
    }
    for (int y = 0; y < 4; y++) {
      for (int x = 0; x < 4; x++) {
        pixels[start + y * stride + x] = (byte) directed(mode, e, x, y);
      }
    }
  }

  private void fill(int start, int value) {
    for (int y = 0; y < 4; y++) {
      Arrays.fill(pixels, start + y * stride, start + y * stride + 4, (byte) value);
    }
  }

  private static int directed(int mode, int[] e, int x, int y) {
    return switch (mode) {
      case VERTICAL -> three(e, 5 + x);
      case HORIZONTAL -> y == 3 ? (e[1] + 3 * e[0] + 2) >> 2 : three(e, 3 - y);
      case 4 -> three(e, 4 + x - y); // down and right
      case 5 -> verticalRight(e, x, y);
      case 6 -> x + y == 6 ? (e[11] + 3 * e[12] + 2) >> 2 : three(e, 6 + x + y); // down and left
      case 7 -> verticalLeft(e, x, y);
      case 8 -> horizontalDown(e, x, y);
      default -> horizontalUp(e, x, y);
    };
  }

  private static int verticalRight(int[] e, int x, int y) {
    int along = x - (y >> 1);
    if (along < 0) {
      return three(e, 5 - y); // the two pixels at the lower left
    }
    return (y & 1) == 0 ? two(e, 4 + along) : three(e, 4 + along);
  }

  private static int verticalLeft(int[] e, int x, int y) {
    if (x == 3 && y >= 2) {
      return three(e, 8 + y);
    }
    int along = 5 + x + (y >> 1);
    return (y & 1) == 0 ? two(e, along) : three(e, along + 1);
  }

  private static int horizontalDown(int[] e, int x, int y) {
    int along = y - (x >> 1);
    if (along < 0) {
      return three(e, 3 + x); // the two pixels at the upper right
    }
    return (x & 1) == 0 ? two(e, 3 - along) : three(e, 4 - along);
  }

  private static int horizontalUp(int[] e, int x, int y) {
    int along = x + 2 * y;
    if (along > 5) {
      return e[0];
    }
    if (along == 5) {
      return (e[1] + 3 * e[0] + 2) >> 2;
    }
    int index = 3 - (along >> 1);
    return (along & 1) == 0 ? two(e, index - 1) : three(e, index - 1);
  }

  /** Returns the mean of a pixel and the next. */
  private static int two(int[] e, int i) {
    return (e[i] + e[i + 1] + 1) >> 1;
  }

  /** Returns the mean of a pixel, counted twice, and both neighbours. */
  private static int three(int[] e, int i) {
    return (e[i - 1] + 2 * e[i] + e[i + 1] + 2) >> 2;
  }

  /** Adds the inverse transform of 16 coefficients to a block (section 14.3). */
  void add(short[] in, int from, int start) {
    int[] half = new int[16];
    for (int i = 0; i < 4; i++) {
      int a = in[from + i] + in[from + 8 + i];
      int b = in[from + i] - in[from + 8 + i];
      int c = low(in[from + 4 + i]) - high(in[from + 12 + i]);
      int d = high(in[from + 4 + i]) + low(in[from + 12 + i]);
      half[i] = a + d;
      half[4 + i] = b + c;
      half[8 + i] = b - c;
      half[12 + i] = a - d;
    }
    for (int y = 0; y < 4; y++) {
      int a = half[4 * y] + 4 + half[4 * y + 2];
      int b = half[4 * y] + 4 - half[4 * y + 2];
      int c = low(half[4 * y + 1]) - high(half[4 * y + 3]);
      int d = high(half[4 * y + 1]) + low(half[4 * y + 3]);
      int row = start + y * stride;
      add(row, a + d);
      add(row + 1, b + c);
      add(row + 2, b - c);
      add(row + 3, a - d);
    }
  }

  private void add(int index, int value) {
    pixels[index] = (byte) clipped(at(index) + (value >> 3));
  }

  /** Returns {@code value} × √2 sin(π / 8). */
  private static int low(int value) {
    return (value * 35468) >> 16;
  }

  /** Returns {@code value} × √2 cos(π / 8). */
  private static int high(int value) {
    return ((value * 20091) >> 16) + value;
  }
}
