package org.resnet4j.arch;

/** The layers of a shortcut that changes its shape by projection. */
public enum Projection {
  /** A 1×1 convolution and batch norm. */
  CONV_NORM,
  /** A 1×1 convolution alone, as in pre-activation networks and the d2l.ai tutorial. */
  CONV,
  /**
   * A 2×2 average pooling that has the stride, then a 1×1 convolution and batch norm, as in
   * ResNet-D (He et al., 2019, figure 2c).
   */
  POOL_CONV_NORM
}
