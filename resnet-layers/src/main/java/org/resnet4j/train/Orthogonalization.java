package org.resnet4j.train;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The orthogonalisation of Muon (Jordan, "Muon: An optimizer for hidden layers in neural networks",
 * 2024), which with Nesterov's {@link SgdMomentum} makes that optimiser. The update of a
 * convolution's filters is seen as a matrix {@code G} of {@code [out, in·kH·kW]}. Five iterations
 * {@code X ← aX + (bA + cA²)X} with {@code A = XXᵀ}, from {@code X = G/‖G‖}, bring its singular
 * values near 1. The update becomes {@code lr·√max(1, rows/columns)·X}: its norm is about {@code
 * lr·√rows}, so a filter changes by about {@code lr}.
 *
 * <p>As in {@code torch.optim.Muon} and timm, norms below 10⁻⁷ count as 10⁻⁷. {@code torch} and
 * timm iterate in bfloat16; here all is computed in the network's precision. Weight decay is a
 * {@code WeightDecay} that follows.
 *
 * @param rows filters, at least 1
 */
public record Orthogonalization(@JsonProperty("rows") long rows) implements Regularization {
  private static final long serialVersionUID = 1L;

  /** Number of iterations. */
  public static final int ITERATIONS = 5;

  /** The factor {@code a} of an iteration. */
  public static final double LINEAR = 3.4445;

  /** The factor {@code b} of an iteration. */
  public static final double CUBIC = -4.7750;

  /** The factor {@code c} of an iteration. */
  public static final double QUINTIC = 2.0315;

  private static final double SMALLEST_NORM = 1e-7;

  public Orthogonalization {
    if (rows < 1) {
      throw new IllegalArgumentException(
          "orthogonalization: expected 1 filter or more but there are " + rows);
    }
  }

  @Override
  public ApplyStep applyStep() {
    return ApplyStep.POST_UPDATER;
  }

  @Override
  public void apply(INDArray param, INDArray gradView, double lr, int iteration, int epoch) {
    INDArray update = gradView.reshape('c', rows, columns(gradView.length()));
    // A schedule may end with rates whose updates have squares below the smallest float.
    double largest = update.amaxNumber().doubleValue();
    if (largest == 0) {
      return;
    }
    INDArray x = update.div(largest);
    x.divi(divisor(Norm.of(x), lr / largest));
    for (int i = 0; i < ITERATIONS; i++) {
      x = iterated(x);
    }
    update.assign(x.muli(lr * scale(update.length())));
  }

  /** Multiplies the smaller Gram matrix, so that tall matrices need no transposition. */
  private static INDArray iterated(INDArray x) {
    boolean tall = x.rows() > x.columns();
    INDArray gram = tall ? x.transpose().mmul(x) : x.mmul(x.transpose());
    INDArray factor = gram.mmul(gram).muli(QUINTIC).addi(gram.muli(CUBIC));
    INDArray product = tall ? x.mmul(factor) : factor.mmul(x);
    return product.addi(x.muli(LINEAR));
  }

  /**
   * Returns the number of columns of the matrix.
   *
   * @throws IllegalArgumentException when {@code length} is not a multiple of the rows
   */
  public long columns(long length) {
    if (length % rows != 0) {
      throw new IllegalArgumentException(
          "orthogonalization: expected weights of %s filters but there are %s weights; apply the recipe's decay after changing the layer"
              .formatted(rows, length));
    }
    return length / rows;
  }

  /**
   * Returns the value by which an update is divided before the first iteration.
   *
   * @param norm of the update, which has the learning rate already
   */
  public static double divisor(double norm, double lr) {
    return Math.max(norm, lr * SMALLEST_NORM);
  }

  /** Returns the factor of an orthogonal update of {@code length} values beside the rate. */
  public double scale(long length) {
    return Math.sqrt(Math.max(1, (double) rows / columns(length)));
  }

  @Override
  public double score(INDArray param, int iteration, int epoch) {
    return 0;
  }

  @Override
  public Orthogonalization clone() {
    return this;
  }
}
