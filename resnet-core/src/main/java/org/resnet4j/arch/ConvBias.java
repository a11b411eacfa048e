package org.resnet4j.arch;

/** Whether convolutions carry a bias that the following batch norm makes redundant. */
public enum ConvBias {
  ABSENT,
  /** As d2l.ai's tutorial has it. */
  PRESENT,
  /**
   * In convolutions that no batch norm reads alone: of a pre-activation network the stem's, the
   * last of each block and the projections, as {@code keras.applications} has it.
   */
  BARE
}
