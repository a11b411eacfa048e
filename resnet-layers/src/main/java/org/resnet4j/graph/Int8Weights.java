package org.resnet4j.graph;

/**
 * Weights of a convolution as 8-bit integers with one scale for each output: {@code w ≈ scales[out]
 * · values}. Zero is exact.
 *
 * <p>Without VNNI, CPUs add the products of two neighbouring input channels in 16 bits with
 * saturation (vpmaddubsw). So two neighbouring weights of one sign are at most {@value
 * #LARGEST_PAIR} together: 255 · 128 fits. The sums of a convolution are the same on every CPU.
 *
 * @param values {@code [out, in, kH, kW]}
 * @param scales above 0
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Int8Weights(byte[] values, float[] scales) {
  /** The largest magnitude of a weight. */
  public static final int LARGEST = 127;

  /** The largest magnitude of the sum of two neighbouring weights of one sign. */
  public static final int LARGEST_PAIR = 128;

  /**
   * Returns rounded weights.
   *
   * @param weights {@code [out, in, kH, kW]}
   * @param inputs number of input channels that an output reads
   */
  public static Int8Weights of(float[] weights, int outputs, int inputs) {
    Int8Weights rounded = new Int8Weights(new byte[weights.length], new float[outputs]);
    int each = weights.length / outputs;
    for (int out = 0; out < outputs; out++) {
      rounded.round(weights, out, each, each / inputs);
    }
    return rounded;
  }

  /** Returns the scales of products with integers of the scale {@code input}. */
  public float[] scales(float input) {
    float[] products = scales.clone();
    for (int out = 0; out < products.length; out++) {
      products[out] *= input;
    }
    return products;
  }

  /**
   * Returns a bias rounded to whole products, as it is added in 32-bit integers.
   *
   * @param scales of the products
   */
  public static float[] bias(float[] bias, float[] scales) {
    float[] rounded = bias.clone();
    for (int out = 0; out < rounded.length; out++) {
      double integer = Math.rint(bias[out] / (double) scales[out]);
      if (Math.abs(integer) < Integer.MAX_VALUE) {
        rounded[out] = (float) (integer * scales[out]);
      }
    }
    return rounded;
  }

  private void round(float[] weights, int out, int each, int pixels) {
    int end = (out + 1) * each;
    float scale = 0;
    for (int first = out * each; first < end; first++) {
      scale = Math.max(scale, Math.abs(weights[first]) / LARGEST);
      int second = neighbour(first, out * each, end, pixels);
      if (second > 0 && weights[first] * weights[second] > 0) {
        scale = Math.max(scale, Math.abs(weights[first] + weights[second]) / LARGEST_PAIR);
      }
    }
    // The inverse of a smaller scale overflows; such weights are zeros.
    boolean zero = !(scale >= Float.MIN_NORMAL);
    scales[out] = zero ? 1 : scale;
    for (int i = out * each; i < end && !zero; i++) {
      float rounded = (float) Math.rint(weights[i] / scale);
      values[i] = (byte) Math.max(-LARGEST, Math.min(LARGEST, rounded));
    }
    for (int first = out * each; first < end; first++) {
      int second = neighbour(first, out * each, end, pixels);
      if (second > 0) {
        shrink(first, second);
      }
    }
  }

  /** Returns the index of the same pixel in the odd input channel after an even one; else -1. */
  private static int neighbour(int index, int start, int end, int pixels) {
    boolean even = (index - start) / pixels % 2 == 0;
    return even && index + pixels < end ? index + pixels : -1;
  }

  /** Takes away what rounding has added to the sum of a pair. */
  private void shrink(int first, int second) {
    int sum = values[first] + values[second];
    if (Math.abs(sum) > LARGEST_PAIR && values[first] * values[second] > 0) {
      int larger = Math.abs(values[first]) >= Math.abs(values[second]) ? first : second;
      values[larger] -= (byte) (Math.signum(sum) * (Math.abs(sum) - LARGEST_PAIR));
    }
  }
}
