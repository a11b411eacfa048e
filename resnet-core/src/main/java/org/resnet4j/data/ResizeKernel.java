package org.resnet4j.data;

/**
 * Weights of a triangle filter along one side, in Pillow's 8-bit fixed point ({@code Resample.c}:
 * {@code precompute_coeffs}, {@code normalize_coeffs_8bpc}).
 *
 * @param first first source pixel of each destination pixel
 * @param weights of each destination pixel, scaled by 2^22
 */
record ResizeKernel(int[] first, int[][] weights) {
  private static final int PRECISION_BITS = 32 - 8 - 2;

  static ResizeKernel of(int from, int to) {
    double scale = (double) from / to;
    double support = Math.max(scale, 1);
    int[] first = new int[to];
    int[][] weights = new int[to][];
    for (int i = 0; i < to; i++) {
      double center = (i + 0.5) * scale;
      first[i] = Math.max(0, (int) (center - support + 0.5));
      int end = Math.min(from, (int) (center + support + 0.5));
      weights[i] = weights(first[i], end, center, 1 / support);
    }
    return new ResizeKernel(first, weights);
  }

  private static int[] weights(int from, int end, double center, double step) {
    int count = end - from;
    double[] exact = new double[count];
    double sum = 0;
    for (int k = 0; k < count; k++) {
      exact[k] = Math.max(0, 1 - Math.abs((k + from - center + 0.5) * step));
      sum += exact[k];
    }
    int[] fixed = new int[count];
    for (int k = 0; k < count; k++) {
      fixed[k] = (int) (0.5 + exact[k] / sum * (1 << PRECISION_BITS));
    }
    return fixed;
  }

  /** Destination pixel {@code i} from source pixels {@code offset}, {@code offset + stride}, … */
  byte at(int i, byte[] pixels, int offset, int stride) {
    int sum = 1 << (PRECISION_BITS - 1);
    int at = offset + first[i] * stride;
    for (int weight : weights[i]) {
      sum += (pixels[at] & 0xff) * weight;
      at += stride;
    }
    return (byte) Math.min(255, sum >> PRECISION_BITS);
  }
}
