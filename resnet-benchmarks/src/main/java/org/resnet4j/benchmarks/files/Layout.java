package org.resnet4j.benchmarks.files;

/** The memory layout of images and of convolution weights. */
public enum Layout {
  /** {@code [N, C, H, W]}. */
  NCHW,
  /** {@code [N, H, W, C]}. */
  CHANNELS_LAST
}
