package org.resnet4j.onednn.conv;

/** The pass that a convolution computes; each has its own kernels and costs. */
public enum Purpose {
  INFERENCE,
  FORWARD,
  BACKWARD_DATA,
  /** The gradient of the weights alone. */
  BACKWARD_WEIGHTS,
  /** The gradients of weights and bias, one of which may not be wanted. */
  BACKWARD_WEIGHTS_AND_BIAS
}
