package org.resnet4j.benchmarks;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.benchmarks.baselines.Median;
import org.resnet4j.benchmarks.baselines.Outcome;
import org.resnet4j.benchmarks.baselines.Score;
import org.resnet4j.benchmarks.report.Machine;

/**
 * The JSON document that {@code --json} prints.
 *
 * @param machine on which the figures were measured
 */
record ScoreDocument(Machine machine, List<Row> rows) {
  /** The results of one engine on one workload. */
  record Row(
      String workload,
      String engine,
      @Nullable Median imagesPerSecond,
      double peakMegabytes,
      List<Outcome> rounds) {
    static Row of(Score score) {
      return new Row(
          score.workload().id(),
          score.engine().id(),
          score.imagesPerSecond(),
          score.peakMegabytes(),
          score.outcomes());
    }
  }

  static ScoreDocument of(Machine machine, List<Score> scores) {
    return new ScoreDocument(machine, scores.stream().map(Row::of).toList());
  }
}
