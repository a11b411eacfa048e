package org.resnet4j.train;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The updater of Adam as in PyTorch's {@code AdamW} (Loshchilov and Hutter, arXiv:1711.05101). A
 * step is {@code m ← β₁·m + (1 − β₁)·g} and {@code v ← β₂·v + (1 − β₂)·g²}, then {@code p ← p −
 * lr/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε)}, where {@code t} is the number of iterations including
 * this one. Deeplearning4j's {@code Adam} adds ε before the second correction of bias.
 *
 * <p>Weight decay is not part of an updater, because Deeplearning4j gives it no parameters. The
 * layers' {@code WeightDecay(λ, true)}, which Deeplearning4j applies after the updater, is the
 * decoupled one of PyTorch's {@code AdamW(weight_decay=λ)}. With {@link LambScaling} in its place,
 * the optimiser is LAMB.
 */
public final class AdamW extends ScheduledUpdater {
  private static final long serialVersionUID = 1L;

  private static final double USUAL_BETA1 = 0.9;
  private static final double USUAL_BETA2 = 0.999;
  private static final double USUAL_EPSILON = 1e-8;

  private final double beta1;
  private final double beta2;
  private final double epsilon;

  /** Creates an updater with a constant learning rate and PyTorch's β₁ 0.9, β₂ 0.999, ε 10⁻⁸. */
  public AdamW(double learningRate) {
    this(learningRate, null, USUAL_BETA1, USUAL_BETA2, USUAL_EPSILON);
  }

  /** Creates an updater with a schedule and PyTorch's β₁ 0.9, β₂ 0.999, ε 10⁻⁸. */
  public AdamW(ISchedule learningRate) {
    this(learningRate, USUAL_BETA1, USUAL_BETA2, USUAL_EPSILON);
  }

  /**
   * Creates an updater.
   *
   * @param beta1 share of the mean of gradients that a step keeps, in [0, 1)
   * @param beta2 share of the mean of squared gradients that a step keeps, in [0, 1)
   * @param epsilon added to the root of that mean, greater than 0
   */
  public AdamW(ISchedule learningRate, double beta1, double beta2, double epsilon) {
    this(Double.NaN, learningRate, beta1, beta2, epsilon);
  }

  @JsonCreator
  AdamW(
      @JsonProperty("learningRate") double learningRate,
      @JsonProperty("learningRateSchedule") @Nullable ISchedule learningRateSchedule,
      @JsonProperty("beta1") double beta1,
      @JsonProperty("beta2") double beta2,
      @JsonProperty("epsilon") double epsilon) {
    super(learningRate, learningRateSchedule);
    this.beta1 = requireShare("beta1 of AdamW", beta1);
    this.beta2 = requireShare("beta2 of AdamW", beta2);
    if (!(epsilon > 0)) {
      throw new IllegalArgumentException(
          "epsilon of AdamW: expected more than 0 but was " + epsilon);
    }
    this.epsilon = epsilon;
  }

  public double beta1() {
    return beta1;
  }

  public double beta2() {
    return beta2;
  }

  public double epsilon() {
    return epsilon;
  }

  /** Returns the learning rate with the correction of the first moment's bias. */
  public double stepSize(int iteration, int epoch) {
    return getLearningRate(iteration, epoch) / (1 - Math.pow(beta1, iteration + 1.0));
  }

  /** Returns the root of the correction of the second moment's bias, in (0, 1]. */
  public double rootOfCorrection(int iteration) {
    return Math.sqrt(1 - Math.pow(beta2, iteration + 1.0));
  }

  @Override
  public long stateSize(long numParams) {
    return 2 * numParams;
  }

  @Override
  GradientUpdater<AdamW> implementation() {
    return new AdamWUpdater(this);
  }

  @Override
  public AdamW clone() {
    return new AdamW(constantRate(), copyOfSchedule(), beta1, beta2, epsilon);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AdamW that
        && hasRateOf(that)
        && Double.compare(beta1, that.beta1) == 0
        && Double.compare(beta2, that.beta2) == 0
        && Double.compare(epsilon, that.epsilon) == 0;
  }

  @Override
  public int hashCode() {
    return Objects.hash(hashOfRate(), beta1, beta2, epsilon);
  }

  @Override
  public String toString() {
    return "AdamW(learningRate=%s, beta1=%s, beta2=%s, epsilon=%s)"
        .formatted(rate(), beta1, beta2, epsilon);
  }
}
