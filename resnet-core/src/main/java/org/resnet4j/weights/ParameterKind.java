package org.resnet4j.weights;

/** What an array of a layer is for. */
public enum ParameterKind {
  /** Of a convolution or a dense layer. */
  WEIGHT("W"),
  /** Of a convolution or a dense layer. */
  BIAS("b"),
  /** γ of a batch norm. */
  SCALE("gamma"),
  /** β of a batch norm. */
  SHIFT("beta"),
  /** Running mean of a batch norm. */
  MEAN("mean"),
  /** Running variance of a batch norm. */
  VARIANCE("var");

  private final String key;

  ParameterKind(String key) {
    this.key = key;
  }

  /** Deeplearning4j's key. */
  String key() {
    return key;
  }
}
