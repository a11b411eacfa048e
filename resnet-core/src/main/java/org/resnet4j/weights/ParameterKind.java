package org.resnet4j.weights;

/** The kind of a layer's parameter. */
public enum ParameterKind {
  /** The weights of a convolution or a dense layer. */
  WEIGHT("W"),
  /** The biases of a convolution or a dense layer. */
  BIAS("b"),
  /** The scales γ of a batch norm. */
  SCALE("gamma"),
  /** The shifts β of a batch norm. */
  SHIFT("beta"),
  /** The running means of a batch norm. */
  MEAN("mean"),
  /** The running variances of a batch norm. */
  VARIANCE("var");

  private final String key;

  ParameterKind(String key) {
    this.key = key;
  }

  /** Returns Deeplearning4j's key. */
  String key() {
    return key;
  }
}
