package org.resnet4j.arch;

/** The initial weights of a new network. */
public enum Init {
  /**
   * The usual initialisation: Kaiming normal weights in convolutions, batch norms with scale 1 and
   * shift 0.
   */
  USUAL,
  /**
   * The zero-init residual initialisation: {@link #USUAL}, but the batch norm that ends each
   * residual branch starts with scale 0. Every block then starts as the identity (Goyal et al.,
   * 2017, section 5.1).
   */
  ZERO_INIT_RESIDUAL,
  /**
   * Uniform weights in ±√(6 / (fan-in + fan-out)) in convolutions and the classifier (Glorot and
   * Bengio, 2010), as d2l.ai trains its networks; otherwise {@link #USUAL}.
   */
  XAVIER
}
