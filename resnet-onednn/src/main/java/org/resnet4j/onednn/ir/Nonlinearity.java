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
  SOFTMAX;

  /** Whether this does nothing but keep numbers between {@link #low()} and {@link #high()}. */
  public boolean clips() {
    return this == IDENTITY || this == RELU || this == RELU6;
  }

  /** The least result; negative infinity for none. */
  public float low() {
    return requireClips() == IDENTITY ? Float.NEGATIVE_INFINITY : 0;
  }

  /** The largest; positive infinity for none. */
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
