package org.resnet4j.train;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The former name of {@link SgdMomentum}, for zips that were saved before it was renamed. Cloning
 * or saving yields a {@code SgdMomentum}.
 */
final class HeavyBall extends SgdMomentum {
  private static final long serialVersionUID = 1L;

  @JsonCreator
  HeavyBall(
      @JsonProperty("learningRate") double learningRate,
      @JsonProperty("learningRateSchedule") @Nullable ISchedule learningRateSchedule,
      @JsonProperty("momentum") double momentum) {
    super(learningRate, learningRateSchedule, momentum, false);
  }
}
