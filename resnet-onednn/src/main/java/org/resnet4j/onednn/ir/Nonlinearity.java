package org.resnet4j.onednn.ir;

/**
 * An activation function of every element; {@link #SOFTMAX} is one of every example.
 *
 * @param alpha the first coefficient, with the meaning that oneDNN gives it; 0 if there is none
 * @param beta the second one
 */
public record Nonlinearity(Kind kind, float alpha, float beta) {
  /** The formulas. */
  public enum Kind {
    IDENTITY,
    /** The function max(x, 0), whose gradient at 0 is 0. */
    RELU,
    /** The function x for x ≥ 0, else alpha·x. The gradient at 0 is 1. */
    LEAKY_RELU,
    /** The function min(max(x, alpha), beta). */
    CLIP,
    SIGMOID,
    TANH,
    /** The function x for x > 0, else alpha·(eˣ − 1). */
    ELU,
    /** The function x·sigmoid(alpha·x). */
    SWISH,
    /** The function x·Φ(x) with the normal distribution Φ. */
    GELU,
    /** The function x·min(max(alpha·x + beta, 0), 1). */
    HARD_SWISH,
    /** The function min(max(alpha·x + beta, 0), 1). */
    HARD_SIGMOID,
    /** The function ln(1 + eˣ). */
    SOFTPLUS,
    /** The softmax over axis 1. */
    SOFTMAX
  }

  public static final Nonlinearity IDENTITY = new Nonlinearity(Kind.IDENTITY, 0, 0);
  public static final Nonlinearity RELU = new Nonlinearity(Kind.RELU, 0, 0);
  public static final Nonlinearity RELU6 = clip(0, 6);
  public static final Nonlinearity SIGMOID = new Nonlinearity(Kind.SIGMOID, 0, 0);
  public static final Nonlinearity TANH = new Nonlinearity(Kind.TANH, 0, 0);
  public static final Nonlinearity SOFTMAX = new Nonlinearity(Kind.SOFTMAX, 0, 0);
  public static final Nonlinearity SOFTPLUS = new Nonlinearity(Kind.SOFTPLUS, 1, 0);

  public static final Nonlinearity GELU = new Nonlinearity(Kind.GELU, 0, 0);

  /** The function x·min(max(x/6 + 0.5, 0), 1). */
  public static final Nonlinearity HARD_SWISH = new Nonlinearity(Kind.HARD_SWISH, 1 / 6f, 0.5f);

  /** The function min(max(0.2·x + 0.5, 0), 1). */
  public static final Nonlinearity HARD_SIGMOID = new Nonlinearity(Kind.HARD_SIGMOID, 0.2f, 0.5f);

  /** Returns the function min(max(x, low), high). */
  public static Nonlinearity clip(double low, double high) {
    return new Nonlinearity(Kind.CLIP, (float) low, (float) high);
  }

  /** Returns the function x for x ≥ 0, else slope·x. */
  public static Nonlinearity leakyRelu(double slope) {
    return new Nonlinearity(Kind.LEAKY_RELU, (float) slope, 0);
  }

  /** Returns the function x for x > 0, else alpha·(eˣ − 1). */
  public static Nonlinearity elu(double alpha) {
    return new Nonlinearity(Kind.ELU, (float) alpha, 0);
  }

  /** Returns the function x·sigmoid(factor·x). */
  public static Nonlinearity swish(double factor) {
    return new Nonlinearity(Kind.SWISH, (float) factor, 0);
  }

  public boolean isIdentity() {
    return kind == Kind.IDENTITY;
  }

  /** Returns whether the gradient can be computed from the result, without the input. */
  public boolean isResultEnough() {
    return switch (kind) {
      case IDENTITY, RELU, SIGMOID, TANH, SOFTMAX -> true;
      // The bounds of oneDNN's gradient from the result are exclusive, Deeplearning4j's of ReLU6
      // too.
      case CLIP -> alpha == 0;
      case LEAKY_RELU, ELU -> alpha > 0;
      case SWISH, GELU, HARD_SWISH, HARD_SIGMOID, SOFTPLUS -> false;
    };
  }

  /**
   * Returns whether this function only clips numbers to {@link #low()} and {@link #high()}, and the
   * lower bound is 0 or absent.
   */
  public boolean clips() {
    return kind == Kind.IDENTITY || kind == Kind.RELU || (kind == Kind.CLIP && alpha == 0);
  }

  /** Returns the least result; negative infinity without a lower bound. */
  public float low() {
    return requireClips() == Kind.IDENTITY ? Float.NEGATIVE_INFINITY : 0;
  }

  /** Returns the largest result; positive infinity without an upper bound. */
  public float high() {
    return requireClips() == Kind.CLIP ? beta : Float.POSITIVE_INFINITY;
  }

  private Kind requireClips() {
    if (!clips()) {
      throw new AssertionError(this + " has no bounds");
    }
    return kind;
  }
}
