package org.resnet4j.onednn;

/** Number format of activations and of the weights that the primitives read. */
public enum Precision {
  /** Single precision throughout. */
  FP32,
  /**
   * Brain floating point, 8 bits of mantissa, for activations and copies of the weights; sums,
   * statistics, weight gradients and the network's own parameters stay in single precision.
   */
  BF16,
  /**
   * {@link #BF16} for inference where convolutions are faster in it (AMX, and some CPUs with
   * AVX512-BF16, which is measured), otherwise {@link #FP32}.
   */
  AUTO
}
