package org.resnet4j.train;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/** An updater with a learning rate that is constant or has a schedule. */
abstract class ScheduledUpdater implements IUpdater {
  private static final long serialVersionUID = 1L;

  private double learningRate;
  private @Nullable ISchedule learningRateSchedule;

  ScheduledUpdater(double learningRate, @Nullable ISchedule learningRateSchedule) {
    this.learningRate = learningRate;
    this.learningRateSchedule = learningRateSchedule;
  }

  /** Returns {@code value} if it is in [0, 1), as decay rates of moving averages must be. */
  static double requireShare(String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(name + ": expected a value in [0, 1) but was " + value);
    }
    return value;
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

  final double constantRate() {
    return learningRate;
  }

  final @Nullable ISchedule copyOfSchedule() {
    return learningRateSchedule == null ? null : learningRateSchedule.clone();
  }

  final Object rate() {
    return learningRateSchedule == null ? learningRate : learningRateSchedule;
  }

  final boolean hasRateOf(ScheduledUpdater other) {
    return Double.compare(learningRate, other.learningRate) == 0
        && Objects.equals(learningRateSchedule, other.learningRateSchedule);
  }

  final int hashOfRate() {
    return Objects.hash(learningRate, learningRateSchedule);
  }

  /** Returns an implementation of this updater that has no state yet. */
  abstract GradientUpdater<? extends ScheduledUpdater> implementation();

  @Override
  public final GradientUpdater<?> instantiate(INDArray viewArray, boolean initializeViewArray) {
    GradientUpdater<?> updater = implementation();
    INDArray flat = viewArray.reshape(viewArray.length());
    updater.setStateViewArray(flat, flat.shape(), flat.ordering(), initializeViewArray);
    return updater;
  }

  @Override
  public final GradientUpdater<?> instantiate(
      Map<String, INDArray> updaterState, boolean initializeStateArrays) {
    GradientUpdater<?> updater = implementation();
    updater.setState(updaterState, initializeStateArrays);
    return updater;
  }

  @Override
  @SuppressWarnings("MethodDoesntCallSuperMethod")
  public abstract ScheduledUpdater clone();
}
