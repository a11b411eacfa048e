package org.resnet4j.benchmarks.baselines;

import org.jspecify.annotations.Nullable;

/** The measurement of a job, or the reason why there is none. */
public record Outcome(@Nullable Measurement measurement, @Nullable String reason) {
  static Outcome of(Measurement measurement) {
    return new Outcome(measurement, null);
  }

  static Outcome skipped(String reason) {
    return new Outcome(null, reason);
  }
}
