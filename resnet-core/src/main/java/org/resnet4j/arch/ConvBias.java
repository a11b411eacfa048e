package org.resnet4j.arch;

/** Whether convolutions carry a bias that the following batch norm makes redundant. */
public enum ConvBias {
  ABSENT,
  /** As d2l.ai's tutorial has it. */
  PRESENT
}
