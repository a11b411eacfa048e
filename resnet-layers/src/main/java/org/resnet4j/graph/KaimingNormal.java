package org.resnet4j.graph;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An initialiser of normal weights with variance 2 / fan-out. It is for a convolution {@code [out,
 * in / groups, kH, kW]}, or for one of a single pixel as a dense layer {@code [in, out]}. It is
 * {@code kaiming_normal_(mode="fan_out", nonlinearity="relu")} as used in torchvision's {@code
 * resnet.py}.
 *
 * <p>Fan-out is computed from the shape, because Deeplearning4j divides its own by the stride.
 */
public final class KaimingNormal extends StatelessInit {
  private static final long serialVersionUID = 1;

  @Override
  public INDArray init(double fanIn, double fanOut, long[] shape, char order, INDArray parameters) {
    double outgoing = shape.length == 2 ? shape[1] : (double) shape[0] * shape[2] * shape[3];
    Nd4j.randn(parameters).muli(Math.sqrt(2 / outgoing));
    return parameters.reshape(order, shape);
  }
}
