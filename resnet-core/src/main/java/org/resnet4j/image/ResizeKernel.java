package org.resnet4j.image;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The weights of a filter along one side, in Pillow's 8-bit fixed point ({@code Resample.c}: {@code
 * precompute_coeffs}, {@code normalize_coeffs_8bpc}).
 *
 * @param taps source pixels of one destination pixel, some of them with weight 0
 * @param first first source pixel of each destination pixel
 * @param weights {@code [destination][tap]}, scaled by 2^22
 */
record ResizeKernel(int taps, int[] first, int[] weights) {
  private static final int PRECISION_BITS = 32 - 8 - 2;
  private static final int HALF = 1 << (PRECISION_BITS - 1);

  /**
   * The largest number of cached values; the images of one folder may all need different kernels.
   */
  private static final int MOST_KEPT = 1 << 20;

  /** The largest number of values in one kernel. */
  private static final int MOST_WEIGHTS = 1 << 26;

  private static final Map<Sides, ResizeKernel> KEPT = new ConcurrentHashMap<>();
  private static final AtomicInteger NUMBERS_KEPT = new AtomicInteger();

  private record Sides(int from, int to, int start, int count, Interpolation interpolation) {}

  /**
   * Returns the kernel from {@code from} pixels to {@code to}, for {@code count} of those from
   * {@code start} on. Equal lengths give the identity.
   */
  static ResizeKernel of(int from, int to, int start, int count, Interpolation interpolation) {
    Sides sides = new Sides(from, to, start, count, interpolation);
    ResizeKernel kept = KEPT.get(sides);
    if (kept != null) {
      return kept;
    }
    ResizeKernel made = from == to ? same(start, count) : made(sides);
    int numbers = made.first.length + made.weights.length;
    if (NUMBERS_KEPT.get() + numbers <= MOST_KEPT && KEPT.putIfAbsent(sides, made) == null) {
      NUMBERS_KEPT.addAndGet(numbers);
    }
    return made;
  }

  private static ResizeKernel same(int start, int count) {
    int[] first = new int[count];
    int[] weights = new int[count];
    for (int i = 0; i < count; i++) {
      first[i] = start + i;
      weights[i] = 1 << PRECISION_BITS;
    }
    return new ResizeKernel(1, first, weights);
  }

  private static ResizeKernel made(Sides sides) {
    int from = sides.from;
    int count = sides.count;
    double scale = (double) from / sides.to;
    double step = Math.max(scale, 1);
    double support = sides.interpolation.support() * step;
    int[] first = new int[count];
    int[][] weights = new int[count][];
    int taps = 0;
    requireFew(sides, count * 2 * (support + 1));
    for (int i = 0; i < count; i++) {
      double center = (sides.start + i + 0.5) * scale;
      first[i] = Math.max(0, (int) (center - support + 0.5));
      int end = Math.min(from, (int) (center + support + 0.5));
      weights[i] = weights(first[i], end, center, 1 / step, sides.interpolation);
      taps = Math.max(taps, weights[i].length);
    }
    int[] flat = new int[count * taps];
    for (int i = 0; i < count; i++) {
      int zeros = Math.max(0, first[i] + taps - from); // first, so that no tap is outside
      first[i] -= zeros;
      System.arraycopy(weights[i], 0, flat, i * taps + zeros, weights[i].length);
    }
    return new ResizeKernel(taps, first, flat);
  }

  private static void requireFew(Sides sides, double weights) {
    if (weights > MOST_WEIGHTS) {
      throw new IllegalArgumentException(
          "resize: expected at most "
              + MOST_WEIGHTS
              + " weights but from "
              + sides.from
              + " to "
              + sides.to
              + " pixels takes more; crop the image first");
    }
  }

  /** Returns the number of cached values. */
  static int kept() {
    return NUMBERS_KEPT.get();
  }

  /** Returns the first source pixel that is read. */
  int begin() {
    return Arrays.stream(first).min().orElse(0);
  }

  /** Returns the source pixel after the last one that is read. */
  int end() {
    return Arrays.stream(first).max().orElse(0) + taps;
  }

  private static int[] weights(
      int from, int end, double center, double step, Interpolation interpolation) {
    int count = end - from;
    double[] exact = new double[count];
    double sum = 0;
    for (int k = 0; k < count; k++) {
      exact[k] = interpolation.weight((k + from - center + 0.5) * step);
      sum += exact[k];
    }
    int[] fixed = new int[count];
    for (int k = 0; k < count; k++) {
      double scaled = exact[k] / sum * (1 << PRECISION_BITS);
      fixed[k] = (int) (scaled < 0 ? scaled - 0.5 : scaled + 0.5);
    }
    return fixed;
  }

  /** Computes all destination pixels of one row, from the row that starts at {@code at}. */
  void row(byte[] pixels, int at, byte[] resized, int out) {
    if (taps == 1) {
      for (int i = 0; i < first.length; i++) {
        resized[out + i] = pixels[at + first[i]];
      }
      return;
    }
    int weight = 0;
    for (int i = 0; i < first.length; i++) {
      int sum = HALF;
      int source = at + first[i];
      for (int tap = 0; tap < taps; tap++) {
        sum += (pixels[source + tap] & 0xff) * weights[weight++];
      }
      resized[out + i] = clipped(sum);
    }
  }

  /**
   * Computes destination row {@code i}, from the rows of {@code width} pixels that start at {@code
   * at}.
   */
  void rows(int i, byte[] pixels, int at, int width, byte[] resized, int out) {
    int top = at + first[i] * width;
    if (taps == 1) {
      System.arraycopy(pixels, top, resized, out, width);
      return;
    }
    if (taps == 2) {
      int upper = weights[2 * i];
      int lower = weights[2 * i + 1];
      for (int x = 0; x < width; x++) {
        int sum = (pixels[top + x] & 0xff) * upper + (pixels[top + width + x] & 0xff) * lower;
        resized[out + x] = clipped(HALF + sum);
      }
      return;
    }
    for (int x = 0; x < width; x++) {
      int sum = HALF;
      for (int tap = 0; tap < taps; tap++) {
        sum += (pixels[top + tap * width + x] & 0xff) * weights[i * taps + tap];
      }
      resized[out + x] = clipped(sum);
    }
  }

  private static byte clipped(int sum) {
    return (byte) Math.max(0, Math.min(255, sum >> PRECISION_BITS));
  }
}
