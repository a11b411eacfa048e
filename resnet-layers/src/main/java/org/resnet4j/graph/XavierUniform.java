package org.resnet4j.graph;

import org.deeplearning4j.nn.weights.IWeightInit;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An initialiser of uniform weights in ±√(6 / (fan-in + fan-out)) (Glorot and Bengio, 2010,
 * equation 16). It is for a convolution {@code [out, in / groups, kH, kW]} or a dense layer {@code
 * [in, out]}, and is {@code xavier_uniform_} of PyTorch.
 *
 * <p>Both fans are computed from the shape, because Deeplearning4j divides fan-out by the stride.
 */
public final class XavierUniform implements IWeightInit {
  private static final long serialVersionUID = 1;

  @Override
  public INDArray init(double fanIn, double fanOut, long[] shape, char order, INDArray parameters) {
    double pixels = shape.length == 2 ? 1 : (double) shape[2] * shape[3];
    double bound = Math.sqrt(6 / (pixels * (shape[0] + shape[1])));
    Nd4j.rand(parameters).muli(2 * bound).subi(bound);
    return parameters.reshape(order, shape);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof XavierUniform;
  }

  @Override
  public int hashCode() {
    return XavierUniform.class.hashCode();
  }
}
