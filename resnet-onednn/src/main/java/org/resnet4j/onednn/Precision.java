package org.resnet4j.onednn;

/** The number format of activations and of the weights that the primitives read. */
public enum Precision {
  /** Single precision throughout. */
  FP32,
  /**
   * Bfloat16, with 8 bits of mantissa, for activations and copies of the weights. Sums, statistics,
   * weight gradients and the network's own parameters stay in single precision.
   */
  BF16,
  /**
   * 8-bit integers for most convolutions, in inference with {@link CompileOptions#int8 ranges} of
   * activations; the rest is in single precision.
   */
  INT8,
  /**
   * The fastest of the others for inference: {@link #INT8} with ranges of activations if
   * convolutions are faster in it, else {@link #BF16} if they are faster in that, else {@link
   * #FP32}. BF16 is faster with AMX, and on some CPUs with AVX512-BF16, where it is measured.
   */
  AUTO
}
