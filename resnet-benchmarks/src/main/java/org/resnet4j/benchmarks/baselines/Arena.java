package org.resnet4j.benchmarks.baselines;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.resnet4j.benchmarks.files.NetworkFiles;
import org.resnet4j.onednn.Precision;

/**
 * Runs engines in turn, round after round.
 *
 * @param folder for the networks' files, logs and natives
 * @param seconds of one measurement
 * @param log takes one line per process
 */
public record Arena(Path folder, int rounds, double seconds, int threads, PrintWriter log) {
  /** Returns a score for every engine and workload that it supports, workload by workload. */
  public List<Score> run(List<Workload> workloads, List<Engine> engines)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    List<Score> scores = new ArrayList<>();
    for (Workload workload : workloads) {
      files(workload).expire();
      for (Engine engine : engines) {
        if (engine.works().contains(workload.work())) {
          scores.add(new Score(workload, engine, List.of()));
        }
      }
    }
    for (int round = 1; round <= rounds; round++) {
      for (int i = 0; i < scores.size(); i++) {
        // An engine that failed once gets no further round.
        if (scores.get(i).reason() == null) {
          scores.set(i, another(round, scores.get(i)));
        }
      }
    }
    return scores;
  }

  private Score another(int round, Score score) throws IOException, InterruptedException {
    Outcome outcome = outcome(score.workload(), score.engine());
    log.printf(
        Locale.ROOT,
        "%d/%d %s %s: %s%n",
        round,
        rounds,
        score.workload().id(),
        score.engine().id(),
        text(outcome));
    log.flush();
    return score.and(outcome);
  }

  private Outcome outcome(Workload workload, Engine engine)
      throws IOException, InterruptedException {
    Job job = job(workload, engine.precision());
    Child child = new Child(folder);
    NetworkFiles files = job.files();
    if (!files.exist() || (job.precision() == Precision.INT8 && !files.existInt8())) {
      Outcome prepared = child.prepare(job);
      if (prepared.reason() != null) {
        return Outcome.skipped("its network: " + prepared.reason());
      }
    }
    return child.run(engine, job);
  }

  private Job job(Workload workload, Precision precision) {
    return new Job(
        workload.work(),
        workload.model(),
        workload.batch(),
        precision,
        seconds,
        threads,
        files(workload).folder().toString());
  }

  private NetworkFiles files(Workload workload) {
    return new NetworkFiles(folder.resolve(workload.model()));
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
