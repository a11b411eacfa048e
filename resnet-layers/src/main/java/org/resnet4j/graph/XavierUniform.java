package org.resnet4j.graph;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An initialiser of uniform weights in ±√(6 / (fan-in + fan-out)) (Glorot and Bengio, 2010,
 * equation 16). It is for a convolution {@code [out, in / groups, kH, kW]} or a dense layer {@code
 * [in, out]}, and is {@code xavier_uniform_} of PyTorch.
 *
 * <p>Both fans are computed from the shape, because Deeplearning4j divides fan-out by the stride.
 */
public final class XavierUniform extends StatelessInit {
  private static final long serialVersionUID = 1;

  @Override
  public INDArray init(double fanIn, double fanOut, long[] shape, char order, INDArray parameters) {
    double pixels = shape.length == 2 ? 1 : (double) shape[2] * shape[3];
    double bound = Math.sqrt(6 / (pixels * (shape[0] + shape[1])));
    uniform(parameters, bound);
    return parameters.reshape(order, shape);
  }
}
