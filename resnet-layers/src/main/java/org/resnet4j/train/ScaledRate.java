package org.resnet4j.train;

import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The learning rate of an updater times a factor, for a part of a network that learns at another
 * rate.
 *
 * <pre>{@code
 * IUpdater slow = ScaledRate.of(new SgdMomentum(rate, 0.9), 0.1);
 * }</pre>
 *
 * @param updater updater whose rate is scaled
 * @param factor greater than 0
 */
public record ScaledRate(
    @JsonProperty("updater") IUpdater updater, @JsonProperty("factor") double factor)
    implements ISchedule {
  public ScaledRate {
    if (!(factor > 0 && factor < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "factor of a learning rate: expected more than 0 but was " + factor);
    }
    if (!updater.hasLearningRate()) {
      throw new IllegalArgumentException(
          "factor of a learning rate: expected an updater that has a rate but was " + updater);
    }
  }

  /**
   * Returns a copy of {@code updater} with {@code factor} times its rate, in every iteration. A
   * constant rate stays constant.
   *
   * @throws IllegalArgumentException when {@code updater} has no rate
   */
  public static IUpdater of(IUpdater updater, double factor) {
    ScaledRate schedule = new ScaledRate(updater.clone(), factor);
    double rate = updater.getLearningRate(0, 0);
    IUpdater scaled = updater.clone();
    scaled.setLrAndSchedule(rate, null);
    if (scaled.equals(updater)) {
      scaled.setLrAndSchedule(factor * rate, null);
    } else {
      scaled.setLrAndSchedule(Double.NaN, schedule);
    }
    return scaled;
  }

  @Override
  public double valueAt(int iteration, int epoch) {
    return factor * updater.getLearningRate(iteration, epoch);
  }

  @Override
  public ScaledRate clone() {
    return new ScaledRate(updater.clone(), factor);
  }
}
