package org.resnet4j.recipe;

import org.jspecify.annotations.Nullable;
import org.resnet4j.train.WeightAverage;

/**
 * The exponential moving average of the parameters during training; the model of the run has the
 * averaged ones.
 *
 * @param decay share of the average that an update keeps, in [0, 1); 0 for no averaging
 * @param every steps between updates, at least 1
 */
public record Averaging(double decay, int every) {
  /** No averaging. */
  public static final Averaging NONE = new Averaging(0, 1);

  public Averaging {
    if (!(decay >= 0 && decay < 1)) {
      throw new IllegalArgumentException("averaging: expected a decay in [0, 1) but was " + decay);
    }
    if (every < 1) {
      throw new IllegalArgumentException(
          "averaging: expected 1 or more steps between updates but was " + every);
    }
  }

  /**
   * Returns a new average; null for none.
   *
   * @param warmup steps of the learning rate's rise, during which updates copy the parameters
   */
  @Nullable WeightAverage start(int warmup) {
    return decay == 0 ? null : new WeightAverage(decay, every, warmup);
  }
}
