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
 * The updater of stochastic gradient descent with Polyak's momentum, as in PyTorch's {@code
 * SGD(momentum=…)}. A step is {@code v ← μ·v + g}, then {@code p ← p − lr·v}. Deeplearning4j has
 * only Nesterov's variant. That one includes the learning rate in {@code v}, so the two differ
 * after every change of the rate.
 *
 * <p>Weight decay is the layers' {@code l2}, which Deeplearning4j adds to {@code g} first, as
 * PyTorch does with {@code weight_decay}; biases and batch norm are excluded.
 */
public class SgdMomentum implements IUpdater {
  private static final long serialVersionUID = 1L;

  private double learningRate;
  private @Nullable ISchedule learningRateSchedule;
  private final double momentum;

  /** Creates an updater with a constant learning rate and {@code momentum} in [0, 1). */
  public SgdMomentum(double learningRate, double momentum) {
    this(learningRate, null, momentum);
  }

  /** Creates an updater with a learning-rate schedule and {@code momentum} in [0, 1). */
  public SgdMomentum(ISchedule learningRate, double momentum) {
    this(Double.NaN, learningRate, momentum);
  }

  @JsonCreator
  SgdMomentum(
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

  /** Returns the share of the last step that the next one keeps, in [0, 1). */
  public final double momentum() {
    return momentum;
  }

  @Override
  public final double getLearningRate(int iteration, int epoch) {
    return learningRateSchedule == null
        ? learningRate
        : learningRateSchedule.valueAt(iteration, epoch);
  }

  @Override
  public final boolean hasLearningRate() {
    return true;
  }

  @Override
  public final void setLrAndSchedule(double lr, @Nullable ISchedule lrSchedule) {
    learningRate = lr;
    learningRateSchedule = lrSchedule;
  }

  @Override
  public final long stateSize(long numParams) {
    return numParams;
  }

  @Override
  public final GradientUpdater<SgdMomentum> instantiate(
      INDArray viewArray, boolean initializeViewArray) {
    SgdMomentumUpdater updater = new SgdMomentumUpdater(this);
    INDArray flat = viewArray.reshape(viewArray.length());
    updater.setStateViewArray(flat, flat.shape(), flat.ordering(), initializeViewArray);
    return updater;
  }

  @Override
  public final GradientUpdater<SgdMomentum> instantiate(
      Map<String, INDArray> updaterState, boolean initializeStateArrays) {
    SgdMomentumUpdater updater = new SgdMomentumUpdater(this);
    updater.setState(updaterState, initializeStateArrays);
    return updater;
  }

  @Override
  @SuppressWarnings("MethodDoesntCallSuperMethod")
  public final SgdMomentum clone() {
    ISchedule schedule = learningRateSchedule == null ? null : learningRateSchedule.clone();
    return new SgdMomentum(learningRate, schedule, momentum);
  }

  @Override
  public final boolean equals(@Nullable Object other) {
    return other instanceof SgdMomentum that
        && Double.compare(learningRate, that.learningRate) == 0
        && Double.compare(momentum, that.momentum) == 0
        && Objects.equals(learningRateSchedule, that.learningRateSchedule);
  }

  @Override
  public final int hashCode() {
    return Objects.hash(learningRate, learningRateSchedule, momentum);
  }

  @Override
  public final String toString() {
    return "SgdMomentum(learningRate=%s, momentum=%s)"
        .formatted(learningRateSchedule == null ? learningRate : learningRateSchedule, momentum);
  }
}
