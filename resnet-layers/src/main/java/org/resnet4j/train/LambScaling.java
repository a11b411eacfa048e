package org.resnet4j.train;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.Axpy;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The weight decay and the trust ratio of LAMB (You et al., arXiv:1904.00962, algorithm 2), which
 * with {@link AdamW} make that optimiser. Of each array of parameters {@code p} with Adam's
 * direction {@code u}, the update becomes {@code lr · ‖p‖/‖u + λp‖ · (u + λp)}. As in timm, arrays
 * without weight decay are not scaled, nor are those where a norm is 0, and the usual ε of AdamW is
 * then 10⁻⁶.
 *
 * @param decay λ, at least 0; with 0 nothing is scaled
 */
public record LambScaling(@JsonProperty("decay") double decay) implements Regularization {
  private static final long serialVersionUID = 1L;

  public LambScaling {
    if (!(decay >= 0)) {
      throw new IllegalArgumentException(
          "weight decay of LAMB: expected 0 or more but was " + decay);
    }
  }

  @Override
  public ApplyStep applyStep() {
    return ApplyStep.POST_UPDATER;
  }

  @Override
  public void apply(INDArray param, INDArray gradView, double lr, int iteration, int epoch) {
    if (decay > 0) {
      Nd4j.exec(new Axpy(param, gradView, gradView, lr * decay)); // u = u + lr·λ·p
      double weights = Norm.of(param);
      gradView.muli(factor(lr, weights, Norm.of(gradView)));
    }
  }

  /**
   * Returns the factor of an update that has decay and learning rate already.
   *
   * @param weights norm of the parameters
   * @param update norm of that update
   */
  public static double factor(double lr, double weights, double update) {
    return weights > 0 && update > 0 ? lr * weights / update : 1;
  }

  @Override
  public double score(INDArray param, int iteration, int epoch) {
    return 0;
  }

  @Override
  public LambScaling clone() {
    return this;
  }
}
