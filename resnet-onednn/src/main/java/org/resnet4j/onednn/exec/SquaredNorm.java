package org.resnet4j.onednn.exec;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Sum of squares. */
public final class SquaredNorm {
  private SquaredNorm() {}

  /** Of dense floats in any order. */
  public static double of(INDArray array) {
    double sum = 0;
    for (float value : Memory.read(array)) {
      sum += (double) value * value;
    }
    return sum;
  }
}
