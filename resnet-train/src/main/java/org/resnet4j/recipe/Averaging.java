package org.resnet4j.recipe;

import java.util.Locale;
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

  private static final double A_HALF = 0.5;

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
   * Refuses an average that still is mostly of the parameters with which it starts.
   *
   * @param warmup steps of the learning rate's rise, during which updates copy the parameters
   * @param steps of the training
   */
  void requireUseful(int warmup, int steps) {
    int updates = (steps - 1) / every;
    int copies = Math.min(updates, Math.max(0, warmup - 1) / every + (warmup > 0 ? 1 : 0));
    int means = updates - copies;
    boolean endsInCopy = means == 0 && (steps - 1) % every == 0;
    double kept = Math.pow(decay, means);
    if (decay > 0 && !endsInCopy && kept > A_HALF) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "averaging: expected a mean of which the training's first parameters have at most half but they have %.1f %% after %s updates in %s steps; lower averaging.every or averaging.decay, or train longer",
              100 * kept,
              means,
              steps));
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
