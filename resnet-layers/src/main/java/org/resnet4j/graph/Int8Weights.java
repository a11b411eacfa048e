package org.resnet4j.graph;

/**
 * Weights as 8-bit integers with one scale for each output: {@code w ≈ scales[out] · values}. They
 * are symmetric, and the largest weight of an output is ±{@value #LARGEST}.
 *
 * <p>The range is that of 7 bits. Without VNNI, CPUs add two products of unsigned and signed bytes
 * in 16 bits with saturation (vpmaddubsw): 2 · 255 · 63 fits, 2 · 255 · 127 does not. So the
 * integers of a convolution are the same on every CPU.
 *
 * @param values output first
 * @param scales above 0
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Int8Weights(byte[] values, float[] scales) {
  /** The largest magnitude of a weight. */
  public static final int LARGEST = 63;

  /** Returns {@code weights} rounded to the nearest integers, halves to even ones. */
  public static Int8Weights of(float[] weights, int outputs) {
    byte[] values = new byte[weights.length];
    float[] scales = new float[outputs];
    int each = weights.length / outputs;
    for (int out = 0; out < outputs; out++) {
      float largest = 0;
      for (int i = out * each; i < (out + 1) * each; i++) {
        largest = Math.max(largest, Math.abs(weights[i]));
      }
      // The inverse of a smaller scale overflows; such weights are zeros.
      float scale = largest / LARGEST;
      boolean zero = !(scale >= Float.MIN_NORMAL);
      scales[out] = zero ? 1 : scale;
      for (int i = out * each; i < (out + 1) * each; i++) {
        values[i] = zero ? 0 : rounded(weights[i] / scale);
      }
    }
    return new Int8Weights(values, scales);
  }

  private static byte rounded(float value) {
    return (byte) Math.max(-LARGEST, Math.min(LARGEST, Math.rint(value)));
  }
}
