package org.resnet4j.arch;

/** How the weights of a new network are drawn. */
public enum Init {
  /** Kaiming normal weights in convolutions, batch norms with scale 1 and shift 0. */
  USUAL,
  /**
   * Zero-init residual: {@link #USUAL}, but the batch norm that ends each residual branch starts
   * with scale 0, so that every block starts as the identity (Goyal et al. 2017, section 5.1).
   */
  ZERO_INIT_RESIDUAL
}
