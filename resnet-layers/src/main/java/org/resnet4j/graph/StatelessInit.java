package org.resnet4j.graph;

import org.deeplearning4j.nn.weights.IWeightInit;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** An initialiser without settings: all of one class are equal. */
abstract class StatelessInit implements IWeightInit {
  private static final long serialVersionUID = 1;

  /** Fills an array with uniform values in ±{@code bound}. */
  static void uniform(INDArray values, double bound) {
    Nd4j.rand(values).muli(2 * bound).subi(bound);
  }

  @Override
  public final boolean equals(@Nullable Object other) {
    return getClass().isInstance(other);
  }

  @Override
  public final int hashCode() {
    return getClass().hashCode();
  }
}
