package org.resnet4j.arch;

/** Initial scale of the batch norm that ends each residual branch. */
public enum LastGamma {
  ONE,
  /** Every block starts as the identity (Goyal et al. 2017, section 5.1). */
  ZERO
}
