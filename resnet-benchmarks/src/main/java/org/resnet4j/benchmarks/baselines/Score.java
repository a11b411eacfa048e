package org.resnet4j.benchmarks.baselines;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rounds of one engine on one workload. */
public record Score(Workload workload, Engine engine, List<Outcome> outcomes) {
  public Score {
    outcomes = List.copyOf(outcomes);
  }

  /** Returns this score with another round. */
  public Score and(Outcome outcome) {
    List<Outcome> more = new ArrayList<>(outcomes);
    more.add(outcome);
    return new Score(workload, engine, more);
  }

  /** Returns the measurements of the rounds that succeeded. */
  public List<Measurement> measurements() {
    return outcomes.stream().map(Outcome::measurement).filter(Objects::nonNull).toList();
  }

  /** Returns the images per second; null if no round succeeded. */
  public @Nullable Median imagesPerSecond() {
    List<Double> speeds = measurements().stream().map(Measurement::imagesPerSecond).toList();
    return speeds.isEmpty() ? null : Median.of(speeds);
  }

  /** Returns the peak of all rounds, in 10⁶ bytes. */
  public double peakMegabytes() {
    return measurements().stream().mapToDouble(Measurement::peakMegabytes).max().orElse(0);
  }

  /** Returns the reason of the first failed round; null if all succeeded. */
  public @Nullable String reason() {
    return outcomes.stream().map(Outcome::reason).filter(Objects::nonNull).findFirst().orElse(null);
  }
}
