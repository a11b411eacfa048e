package org.resnet4j.graph;

import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.BaseActivationFunction;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Erf;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The Gaussian error linear unit x·Φ(x) with the normal distribution Φ itself, as {@code
 * torch.nn.GELU()} and Keras's {@code gelu} compute it. ND4J's {@code ActivationGELU} approximates
 * it by a sigmoid or a tanh.
 */
public final class ActivationExactGelu extends BaseActivationFunction {
  private static final long serialVersionUID = 1;
  private static final double DENSITY_AT_0 = 1 / Math.sqrt(2 * Math.PI);

  @Override
  public INDArray getActivation(INDArray in, boolean training) {
    return in.muli(distribution(in));
  }

  @Override
  public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
    assertShape(in, epsilon);
    INDArray density = in.mul(in).muli(-0.5);
    Nd4j.exec(new Exp(density, density));
    INDArray slope = density.muli(in).muli(DENSITY_AT_0).addi(distribution(in));
    return new Pair<>(slope.muli(epsilon), null);
  }

  /** Returns Φ of every value, in a new array. */
  private static INDArray distribution(INDArray in) {
    INDArray values = in.mul(Math.sqrt(0.5));
    Nd4j.exec(new Erf(values, values));
    return values.addi(1).muli(0.5);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ActivationExactGelu;
  }

  @Override
  public int hashCode() {
    return ActivationExactGelu.class.hashCode();
  }

  @Override
  public String toString() {
    return "exact gelu";
  }
}
