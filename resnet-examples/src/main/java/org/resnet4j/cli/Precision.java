package org.resnet4j.cli;

/** Numbers that a network is computed with. */
enum Precision {
  /** 32-bit floats. */
  FP32
}
