package org.resnet4j.graph;

import org.deeplearning4j.nn.weights.IWeightInit;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** An initialiser of uniform weights in ±1/√fan-in, the default of {@code torch.nn.Linear}. */
public final class UniformFanIn implements IWeightInit {
  private static final long serialVersionUID = 1;

  @Override
  public INDArray init(double fanIn, double fanOut, long[] shape, char order, INDArray parameters) {
    fill(parameters, fanIn);
    return parameters.reshape(order, shape);
  }

  static void fill(INDArray parameters, double fanIn) {
    double bound = 1 / Math.sqrt(fanIn);
    Nd4j.rand(parameters).muli(2 * bound).subi(bound);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof UniformFanIn;
  }

  @Override
  public int hashCode() {
    return UniformFanIn.class.hashCode();
  }
}
