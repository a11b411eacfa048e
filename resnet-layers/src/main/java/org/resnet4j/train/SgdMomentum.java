package org.resnet4j.train;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The updater of stochastic gradient descent with momentum, as in PyTorch's {@code
 * SGD(momentum=…)}. A step is {@code v ← μ·v + g}, then {@code p ← p − lr·v}. With Nesterov's
 * momentum, PyTorch's {@code nesterov=True}, it is {@code p ← p − lr·(g + μ·v)}. Deeplearning4j's
 * {@code Nesterovs} includes the learning rate in {@code v}, so it differs after every change of
 * the rate.
 *
 * <p>Weight decay is the layers' {@code l2}, which Deeplearning4j adds to {@code g} first, as
 * PyTorch does with {@code weight_decay}; biases and batch norm are excluded.
 */
public class SgdMomentum extends ScheduledUpdater {
  private static final long serialVersionUID = 1L;

  private final double momentum;
  private final boolean nesterov;

  /** Creates an updater with a constant learning rate and {@code momentum} in [0, 1). */
  public SgdMomentum(double learningRate, double momentum) {
    this(learningRate, null, momentum, false);
  }

  /** Creates an updater with a learning-rate schedule and {@code momentum} in [0, 1). */
  public SgdMomentum(ISchedule learningRate, double momentum) {
    this(Double.NaN, learningRate, momentum, false);
  }

  @JsonCreator
  SgdMomentum(
      @JsonProperty("learningRate") double learningRate,
      @JsonProperty("learningRateSchedule") @Nullable ISchedule learningRateSchedule,
      @JsonProperty("momentum") double momentum,
      @JsonProperty("nesterov") boolean nesterov) {
    super(learningRate, learningRateSchedule);
    this.momentum = requireShare("momentum", momentum);
    this.nesterov = nesterov;
  }

  /** Returns this updater with Nesterov's momentum. */
  public final SgdMomentum nesterov() {
    return new SgdMomentum(constantRate(), copyOfSchedule(), momentum, true);
  }

  /** Returns the share of the last step that the next one keeps, in [0, 1). */
  public final double momentum() {
    return momentum;
  }

  /** Returns whether the momentum is Nesterov's. */
  public final boolean isNesterov() {
    return nesterov;
  }

  @Override
  public final long stateSize(long numParams) {
    return numParams;
  }

  @Override
  final GradientUpdater<SgdMomentum> implementation() {
    return new SgdMomentumUpdater(this);
  }

  @Override
  public final SgdMomentum clone() {
    return new SgdMomentum(constantRate(), copyOfSchedule(), momentum, nesterov);
  }

  @Override
  public final boolean equals(@Nullable Object other) {
    return other instanceof SgdMomentum that
        && hasRateOf(that)
        && Double.compare(momentum, that.momentum) == 0
        && nesterov == that.nesterov;
  }

  @Override
  public final int hashCode() {
    return Objects.hash(hashOfRate(), momentum, nesterov);
  }

  @Override
  public final String toString() {
    return "SgdMomentum(learningRate=%s, momentum=%s%s)"
        .formatted(rate(), momentum, nesterov ? ", nesterov" : "");
  }
}
