package org.resnet4j.cli;

import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.resnet4j.data.ImageFindings;
import org.resnet4j.onednn.Profile;
import org.resnet4j.run.RunRecord;
import org.resnet4j.run.RunSetup;
import org.resnet4j.training.TrainingProgress;

/** Measures the share of a run's wall time spent in the engine's primitives, by primitive. */
final class TrainingProfile implements TrainingProgress {
  private static final double NANOS = 1e9;

  private final Profile profile = new Profile();
  private final TrainingProgress shown;
  private long before;
  private long lastStep;
  private long inTraining;
  private double trainingSeconds;

  /** Creates a profile that passes every event on to {@code shown}. */
  TrainingProfile(TrainingProgress shown) {
    this.shown = shown;
  }

  Profile profile() {
    return profile;
  }

  /**
   * The printed result.
   *
   * @param trainingSeconds of all epochs of this process, without tests and checkpoints
   * @param trainingShare share of {@code trainingSeconds} inside primitives
   * @param runSeconds time since Java was started
   * @param runShare share of {@code runSeconds} inside primitives, tests included
   */
  record Summary(
      double trainingSeconds,
      double trainingShare,
      double runSeconds,
      double runShare,
      List<Profile.Row> rows) {
    private static final String FORMAT = "%-28s %-17s %-30s %6s %8s %6s%n";

    /** Prints at most 100 columns, the slowest primitives first. */
    void print(PrintWriter to) {
      to.printf(
          Locale.ROOT,
          "%ninside oneDNN primitives: %.1f %% of %.1f s of training, %.1f %% of %.1f s since Java was started%n%n",
          100 * trainingShare,
          trainingSeconds,
          100 * runShare,
          runSeconds);
      to.printf(FORMAT, "layer", "work", "implementation", "calls", "ms", "%");
      long total = rows.stream().mapToLong(Profile.Row::nanoseconds).sum();
      for (Profile.Row row : rows) {
        to.printf(
            FORMAT,
            clipped(row.layer(), 28),
            clipped(row.work(), 17),
            clipped(row.implementation(), 30),
            row.calls(),
            String.format(Locale.ROOT, "%.1f", row.nanoseconds() / 1e6),
            String.format(Locale.ROOT, "%.2f", 100.0 * row.nanoseconds() / total));
      }
      to.flush();
    }

    /** Returns the end of the text, which distinguishes layers and instruction sets. */
    private static String clipped(String text, int width) {
      return text.length() <= width ? text : "…" + text.substring(text.length() - width + 1);
    }
  }

  Summary summary() {
    double runSeconds = ManagementFactory.getRuntimeMXBean().getUptime() / 1e3;
    return new Summary(
        trainingSeconds,
        trainingSeconds == 0 ? 0 : inTraining / NANOS / trainingSeconds,
        runSeconds,
        profile.nanoseconds() / NANOS / runSeconds,
        profile.rows().stream()
            .sorted(Comparator.comparingLong(Profile.Row::nanoseconds).reversed())
            .toList());
  }

  @Override
  public void examined(int images, int of) {
    shown.examined(images, of);
  }

  @Override
  public void found(ImageFindings findings) {
    shown.found(findings);
  }

  @Override
  public void prepared(RunSetup setup, Path folder) {
    shown.prepared(setup, folder);
  }

  @Override
  public void started(RunRecord record) {
    shown.started(record);
    before = profile.nanoseconds();
  }

  @Override
  public void warned(String message) {
    shown.warned(message);
  }

  @Override
  public void trained(Position position) {
    lastStep = profile.nanoseconds();
    shown.trained(position);
  }

  @Override
  public void evaluated(int examples, int of) {
    shown.evaluated(examples, of);
  }

  @Override
  public void epochDone(RunRecord record) {
    inTraining += lastStep - before;
    trainingSeconds += record.epochs().get(record.epochs().size() - 1).seconds();
    before = profile.nanoseconds();
    shown.epochDone(record);
  }
}
