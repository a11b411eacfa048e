package org.resnet4j.graph;

import org.nd4j.linalg.api.ndarray.INDArray;

/** An initialiser of uniform weights in ±1/√fan-in, the default of {@code torch.nn.Linear}. */
public final class UniformFanIn extends StatelessInit {
  private static final long serialVersionUID = 1;

  @Override
  public INDArray init(double fanIn, double fanOut, long[] shape, char order, INDArray parameters) {
    uniform(parameters, bound(fanIn));
    return parameters.reshape(order, shape);
  }

  static double bound(double fanIn) {
    return 1 / Math.sqrt(fanIn);
  }
}
