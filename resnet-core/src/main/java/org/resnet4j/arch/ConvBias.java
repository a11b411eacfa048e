package org.resnet4j.arch;

/**
 * The choice of convolutions that carry a bias, although a following batch norm makes it redundant.
 */
public enum ConvBias {
  ABSENT,
  /** A bias in every convolution, as in the d2l.ai tutorial. */
  PRESENT,
  /**
   * A bias only in convolutions whose output is not read by a batch norm alone. In a pre-activation
   * network these are the stem's, the last of each block and the projections, as in {@code
   * keras.applications}.
   */
  BARE
}
