package org.resnet4j.benchmarks.peers;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.resnet4j.onednn.Precision;

/**
 * Lets contenders run in turn, round after round.
 *
 * @param folder for the networks' files, logs and natives; kept, so that the next call is faster
 * @param seconds of one measurement
 * @param log takes a line a process
 */
public record Arena(Path folder, int rounds, double seconds, int threads, PrintWriter log) {
  private static final Outcome OUT_OF_PLACE = Outcome.skipped("has no training");

  /** A score for every contender that can do a workload, workload by workload. */
  public List<Score> run(List<Workload> workloads, List<Contender> contenders)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Map<String, Score> scores = new LinkedHashMap<>();
    for (int round = 1; round <= rounds; round++) {
      for (Workload workload : workloads) {
        for (Contender contender : contenders) {
          String key = workload.id() + " " + contender.id();
          Score score = scores.getOrDefault(key, new Score(workload, contender, List.of()));
          Outcome outcome = score.reason() == null ? outcome(workload, contender) : null;
          if (outcome != null) {
            score = score.and(outcome);
            log.printf(
                "%d/%d %s %s: %s%n", round, rounds, workload.id(), contender.id(), text(outcome));
            log.flush();
          }
          scores.put(key, score);
        }
      }
    }
    return new ArrayList<>(scores.values());
  }

  private Outcome outcome(Workload workload, Contender contender)
      throws IOException, InterruptedException {
    if (!contender.works().contains(workload.work())) {
      return OUT_OF_PLACE;
    }
    Job job = job(workload, contender.precision());
    Child child = new Child(folder);
    if (!job.files().exist()) {
      Outcome prepared = child.prepare(job);
      if (prepared.reason() != null) {
        return Outcome.skipped("its network: " + prepared.reason());
      }
    }
    return child.run(contender, job);
  }

  private Job job(Workload workload, Precision precision) {
    return new Job(
        workload.work(),
        workload.model(),
        workload.batch(),
        precision,
        seconds,
        threads,
        folder.resolve(workload.model()).toString());
  }

  private static String text(Outcome outcome) {
    Measurement measurement = outcome.measurement();
    return measurement == null
        ? "skipped: " + outcome.reason()
        : String.format(
            Locale.ROOT,
            "%.1f images/s in %d batches, %.0f MB %s",
            measurement.imagesPerSecond(),
            measurement.batches(),
            measurement.peakMegabytes(),
            measurement.variant());
  }
}
