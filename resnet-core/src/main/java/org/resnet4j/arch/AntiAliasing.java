package org.resnet4j.arch;

/**
 * The smoothing before an image is subsampled (Zhang, 2019, "Making Convolutional Networks
 * Shift-Invariant Again"). The 3×3 convolutions of blocks and the stem's maximum then have stride
 * 1, and a pooling after their activation has the stride, as with timm's {@code aa_layer}.
 */
public enum AntiAliasing {
  /** Strides in the convolutions and in the stem's pooling. */
  NONE,
  /** A 2×2 average in blocks, and in the stem in place of the maximum, as in {@code resnetaa50}. */
  AVERAGE,
  /**
   * A blur of 3×3 values by the binomial filter, of 1, 2, 1 along each axis, with reflected edges.
   * In the stem it follows the maximum, as in {@code resnetblur50}.
   */
  BLUR
}
