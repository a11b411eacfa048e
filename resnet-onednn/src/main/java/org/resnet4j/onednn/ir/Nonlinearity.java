package org.resnet4j.onednn.ir;

/** What is applied to every element, or, of {@link #SOFTMAX}, to every row. */
public enum Nonlinearity {
  IDENTITY,
  RELU,
  /** min(max(x, 0), 6). */
  RELU6,
  SIGMOID,
  TANH,
  /** Over axis 1. */
  SOFTMAX
}
