package org.resnet4j.train;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Stochastic gradient descent with Polyak's momentum, as PyTorch's {@code SGD(momentum=…)}: {@code
 * v ← μ·v + g}, then {@code p ← p − lr·v}. Deeplearning4j has Nesterov's variant only, and that one
 * folds the learning rate into {@code v}, so it takes another path after every change of the rate.
 *
 * <p>Weight decay is the layers' {@code l2}, which Deeplearning4j adds to {@code g} first, as
 * PyTorch does with {@code weight_decay}; it leaves biases and batch norm alone.
 */
public final class HeavyBall implements IUpdater {
  private static final long serialVersionUID = 1L;

  private double learningRate;
  private @Nullable ISchedule learningRateSchedule;
  private final double momentum;

  /** A constant learning rate; {@code momentum} in [0, 1). */
  public HeavyBall(double learningRate, double momentum) {
    this(learningRate, null, momentum);
  }

  /** A learning rate that changes; {@code momentum} in [0, 1). */
  public HeavyBall(ISchedule learningRate, double momentum) {
    this(Double.NaN, learningRate, momentum);
  }

  @JsonCreator
  private HeavyBall(
      @JsonProperty("learningRate") double learningRate,
      @JsonProperty("learningRateSchedule") @Nullable ISchedule learningRateSchedule,
      @JsonProperty("momentum") double momentum) {
    if (!(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException(
          "momentum: expected a value in [0, 1) but was " + momentum);
    }
    this.learningRate = learningRate;
    this.learningRateSchedule = learningRateSchedule;
    this.momentum = momentum;
  }

  /** Share of the last step that the next one keeps, in [0, 1). */
  public double momentum() {
    return momentum;
  }

  @Override
  public double getLearningRate(int iteration, int epoch) {
    return learningRateSchedule == null
        ? learningRate
        : learningRateSchedule.valueAt(iteration, epoch);
  }

  @Override
  public boolean hasLearningRate() {
    return true;
  }

  @Override
  public void setLrAndSchedule(double lr, @Nullable ISchedule lrSchedule) {
    learningRate = lr;
    learningRateSchedule = lrSchedule;
  }

  @Override
  public long stateSize(long numParams) {
    return numParams;
  }

  @Override
  public GradientUpdater<HeavyBall> instantiate(INDArray viewArray, boolean initializeViewArray) {
    HeavyBallUpdater updater = new HeavyBallUpdater(this);
    INDArray flat = viewArray.reshape(viewArray.length());
    updater.setStateViewArray(flat, flat.shape(), flat.ordering(), initializeViewArray);
    return updater;
  }

  @Override
  public GradientUpdater<HeavyBall> instantiate(
      Map<String, INDArray> updaterState, boolean initializeStateArrays) {
    HeavyBallUpdater updater = new HeavyBallUpdater(this);
    updater.setState(updaterState, initializeStateArrays);
    return updater;
  }

  @Override
  @SuppressWarnings("MethodDoesntCallSuperMethod")
  public HeavyBall clone() {
    ISchedule schedule = learningRateSchedule == null ? null : learningRateSchedule.clone();
    return new HeavyBall(learningRate, schedule, momentum);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof HeavyBall that
        && Double.compare(learningRate, that.learningRate) == 0
        && Double.compare(momentum, that.momentum) == 0
        && Objects.equals(learningRateSchedule, that.learningRateSchedule);
  }

  @Override
  public int hashCode() {
    return Objects.hash(learningRate, learningRateSchedule, momentum);
  }

  @Override
  public String toString() {
    return "HeavyBall(learningRate=%s, momentum=%s)"
        .formatted(learningRateSchedule == null ? learningRate : learningRateSchedule, momentum);
  }
}
