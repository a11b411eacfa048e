package org.resnet4j.train;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.Axpy;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The weight decay and the local learning rate of LARS (You et al., arXiv:1708.03888, algorithm 1),
 * which with {@link SgdMomentum} make that optimiser. Of each array of parameters {@code p}, the
 * gradient becomes {@code η·‖p‖/(‖g‖ + λ·‖p‖ + ε) · (g + λ·p)}. As in timm, ε is 10⁻⁸, and arrays
 * without weight decay are not scaled, nor are those where a norm is 0.
 *
 * @param decay λ, at least 0; with 0 nothing is scaled
 * @param trust η, greater than 0; timm's default is 0.02
 */
public record LarsScaling(@JsonProperty("decay") double decay, @JsonProperty("trust") double trust)
    implements Regularization {
  private static final long serialVersionUID = 1L;

  private static final double EPSILON = 1e-8;

  public LarsScaling {
    if (!(decay >= 0 && trust > 0)) {
      throw new IllegalArgumentException(
          "LARS: expected a weight decay of 0 or more and a trust of more than 0 but was %s and %s"
              .formatted(decay, trust));
    }
  }

  @Override
  public ApplyStep applyStep() {
    return ApplyStep.BEFORE_UPDATER;
  }

  @Override
  public void apply(INDArray param, INDArray gradView, double lr, int iteration, int epoch) {
    if (decay > 0) {
      double factor = factor(Norm.of(param), Norm.of(gradView));
      Nd4j.exec(new Axpy(param, gradView, gradView, decay)); // g = g + λ·p
      gradView.muli(factor);
    }
  }

  /**
   * Returns the factor of a gradient that has the decay already.
   *
   * @param weights norm of the parameters
   * @param gradient norm of the gradient without decay
   */
  public double factor(double weights, double gradient) {
    return weights > 0 && gradient > 0
        ? trust * weights / (gradient + decay * weights + EPSILON)
        : 1;
  }

  @Override
  public double score(INDArray param, int iteration, int epoch) {
    return 0;
  }

  @Override
  public LarsScaling clone() {
    return this;
  }
}
