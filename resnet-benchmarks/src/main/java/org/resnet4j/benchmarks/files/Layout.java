package org.resnet4j.benchmarks.files;

/** How pictures and the weights of convolutions lie in memory. */
public enum Layout {
  /** {@code [N, C, H, W]}. */
  NCHW,
  /** {@code [N, H, W, C]}. */
  CHANNELS_LAST
}
