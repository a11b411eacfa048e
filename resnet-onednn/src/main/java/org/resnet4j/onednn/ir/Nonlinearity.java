package org.resnet4j.onednn.ir;

/** An activation function of every element; {@link #SOFTMAX} is one of every example. */
public enum Nonlinearity {
  IDENTITY,
  RELU,
  /** The function min(max(x, 0), 6). */
  RELU6,
  SIGMOID,
  TANH,
  /** The softmax over axis 1. */
  SOFTMAX;

  /** Returns whether this function only clips numbers to {@link #low()} and {@link #high()}. */
  public boolean clips() {
    return this == IDENTITY || this == RELU || this == RELU6;
  }

  /** Returns the least result; negative infinity without a lower bound. */
  public float low() {
    return requireClips() == IDENTITY ? Float.NEGATIVE_INFINITY : 0;
  }

  /** Returns the largest result; positive infinity without an upper bound. */
  public float high() {
    return requireClips() == RELU6 ? 6 : Float.POSITIVE_INFINITY;
  }

  private Nonlinearity requireClips() {
    if (!clips()) {
      throw new AssertionError(this + " has no bounds");
    }
    return this;
  }
}
