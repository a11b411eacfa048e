package org.resnet4j.arch;

/**
 * The activation function after the norms of a network and at the end of its blocks. Attention has
 * functions of its own.
 */
public enum Activation {
  /** The rectified linear unit, max(x, 0). */
  RELU,
  /** The sigmoid linear unit x / (1 + exp(−x)), also called Swish; {@code torch.nn.SiLU}. */
  SILU,
  /**
   * The Gaussian error linear unit x·Φ(x), with the normal distribution Φ itself; {@code
   * torch.nn.GELU}.
   */
  GELU,
  /** The function x above zero and 0.01·x below; {@code torch.nn.LeakyReLU}. */
  LEAKY_RELU,
  /** The function x·min(max(x + 3, 0), 6) / 6; {@code torch.nn.Hardswish}. */
  HARD_SWISH;

  /** The slope of {@link #LEAKY_RELU} below zero. */
  public static final double LEAKY_SLOPE = 0.01;
}
