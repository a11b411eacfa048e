package org.resnet4j.arch;

/** How a shortcut changes its shape when it is a projection. */
public enum Projection {
  /** 1×1 convolution and batch norm. */
  CONV_NORM,
  /** 1×1 convolution alone: pre-activation networks and the d2l.ai tutorial. */
  CONV,
  /**
   * 2×2 average pooling that takes the stride, then 1×1 convolution and batch norm (He et al. 2019,
   * figure 2c: ResNet-D).
   */
  POOL_CONV_NORM
}
