package org.resnet4j.benchmarks.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** All rounds of one contender on one workload. */
public record Score(Workload workload, Contender contender, List<Outcome> outcomes) {
  public Score {
    outcomes = List.copyOf(outcomes);
  }

  /** With one round more. */
  public Score and(Outcome outcome) {
    List<Outcome> more = new ArrayList<>(outcomes);
    more.add(outcome);
    return new Score(workload, contender, more);
  }

  /** Those rounds that measured. */
  public List<Measurement> measurements() {
    return outcomes.stream().map(Outcome::measurement).filter(Objects::nonNull).toList();
  }

  /** Images a second; null where no round measured. */
  public @Nullable Median imagesPerSecond() {
    List<Double> speeds = measurements().stream().map(Measurement::imagesPerSecond).toList();
    return speeds.isEmpty() ? null : Median.of(speeds);
  }

  /** The highest of all rounds, in 10⁶ bytes. */
  public double peakMegabytes() {
    return measurements().stream().mapToDouble(Measurement::peakMegabytes).max().orElse(0);
  }

  /** Why a round measured nothing, the first such; null where all did. */
  public @Nullable String reason() {
    return outcomes.stream().map(Outcome::reason).filter(Objects::nonNull).findFirst().orElse(null);
  }
}
