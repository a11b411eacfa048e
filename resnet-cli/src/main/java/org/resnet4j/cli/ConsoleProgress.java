package org.resnet4j.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import org.resnet4j.run.RunRecord;
import org.resnet4j.training.TrainingProgress;

/** Prints a progress bar on a terminal, and occasional lines on anything else. */
final class ConsoleProgress implements TrainingProgress, AutoCloseable {
  private static final long SECONDS_BETWEEN_LINES = 10;

  private final PrintWriter err;
  private final boolean terminal;
  private @Nullable ProgressBar bar;
  private long lastLine = System.nanoTime();

  private ConsoleProgress(PrintWriter err, boolean terminal) {
    this.err = err;
    this.terminal = terminal;
  }

  /**
   * Returns a progress on {@code err}; a system property set by the launcher says whether that is a
   * terminal.
   */
  static ConsoleProgress on(PrintWriter err) {
    return new ConsoleProgress(err, Boolean.getBoolean("resnet4j.terminal"));
  }

  @Override
  public void started(RunRecord record) {
    line("engine    %s", record.engine());
    if (!record.epochs().isEmpty()) {
      line(
          "continuing after epoch %d of %d",
          record.epochs().size(), record.setup().recipe().epochs());
    }
  }

  @Override
  public void warned(String message) {
    close();
    line("warning   %s", message);
  }

  @Override
  public void trained(Position at) {
    if (terminal) {
      ProgressBar shown = bar("epoch %s/%s".formatted(at.epoch(), at.epochs()), at.batches());
      shown.setExtraMessage(
          String.format(
              Locale.ROOT,
              "loss %.2f, %.0f/s, %s left",
              at.loss(),
              at.examplesPerSecond(),
              text(at.left())));
      shown.stepTo(at.batch());
    } else if (isLineDue()) {
      line(
          "epoch %d/%d, batch %d/%d: loss %.4f, accuracy %.4f, %.0f images/s, %s left",
          at.epoch(),
          at.epochs(),
          at.batch(),
          at.batches(),
          at.loss(),
          at.accuracy(),
          at.examplesPerSecond(),
          text(at.left()));
    }
  }

  @Override
  public void evaluated(int examples, int of) {
    if (terminal) {
      bar("test data", of).stepTo(examples);
    } else if (isLineDue()) {
      line("test data: %d of %d", examples, of);
    }
  }

  @Override
  public void epochDone(RunRecord record) {
    close();
    RunRecord.Epoch epoch = record.epochs().get(record.epochs().size() - 1);
    line(
        "epoch %d: loss %.4f, accuracy %.4f%s, %.0f s%s",
        epoch.epoch(),
        epoch.loss(),
        epoch.accuracy(),
        epoch.testAccuracy() == null
            ? ""
            : String.format(Locale.ROOT, ", test accuracy %.4f", epoch.testAccuracy()),
        epoch.seconds() + epoch.testSeconds(),
        epoch.testAccuracy() != null && record.isLastBest() ? ", the best so far" : "");
  }

  private ProgressBar bar(String task, long steps) {
    if (bar == null || !bar.getTaskName().equals(task)) {
      close();
      bar =
          new ProgressBarBuilder()
              .setTaskName(task)
              .setInitialMax(steps)
              .setStyle(ProgressBarStyle.ASCII)
              .setUpdateIntervalMillis(500)
              .setConsumer(new ConsoleProgressBarConsumer(System.err))
              .hideEta()
              .build();
    }
    return bar;
  }

  private boolean isLineDue() {
    long now = System.nanoTime();
    boolean due = now - lastLine > SECONDS_BETWEEN_LINES * 1_000_000_000L;
    lastLine = due ? now : lastLine;
    return due;
  }

  private void line(String format, Object... values) {
    err.println(String.format(Locale.ROOT, format, values));
    err.flush();
  }

  private static String text(Duration left) {
    long seconds = left.toSeconds();
    return seconds < 60
        ? seconds + " s"
        : seconds < 3600
            ? String.format(Locale.ROOT, "%s:%02d min", seconds / 60, seconds % 60)
            : String.format(Locale.ROOT, "%s:%02d h", seconds / 3600, seconds / 60 % 60);
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
