package org.resnet4j.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import org.resnet4j.data.ImageFindings;
import org.resnet4j.run.RunRecord;
import org.resnet4j.run.RunSetup;
import org.resnet4j.training.ProgressLines;
import org.resnet4j.training.TrainingProgress;

/** Prints a progress bar on a terminal, and occasional lines on anything else. */
final class ConsoleProgress implements TrainingProgress, AutoCloseable {
  private final TrainingProgress lines;
  private final boolean terminal;
  private @Nullable ProgressBar bar;

  private ConsoleProgress(TrainingProgress lines, boolean terminal) {
    this.lines = lines;
    this.terminal = terminal;
  }

  /**
   * Returns a progress on {@code err}; a system property set by the launcher says whether that is a
   * terminal.
   */
  static ConsoleProgress on(PrintWriter err) {
    ProgressLines lines =
        ProgressLines.to(
            line -> {
              err.println(line);
              err.flush();
            });
    return new ConsoleProgress(
        lines.every(Duration.ofSeconds(10)), Boolean.getBoolean("resnet4j.terminal"));
  }

  @Override
  public void examined(int images, int of) {
    if (terminal) {
      bar("checking images", of).stepTo(images);
    } else {
      lines.examined(images, of);
    }
  }

  @Override
  public void found(ImageFindings findings) {
    close();
    lines.found(findings);
  }

  @Override
  public void prepared(RunSetup setup, Path folder) {
    close();
    lines.prepared(setup, folder);
  }

  @Override
  public void started(RunRecord record) {
    lines.started(record);
  }

  @Override
  public void warned(String message) {
    close();
    lines.warned(message);
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
              ProgressLines.text(at.left())));
      shown.stepTo(at.batch());
    } else {
      lines.trained(at);
    }
  }

  @Override
  public void evaluated(int examples, int of) {
    if (terminal) {
      bar("test data", of).stepTo(examples);
    } else {
      lines.evaluated(examples, of);
    }
  }

  @Override
  public void epochDone(RunRecord record) {
    close();
    lines.epochDone(record);
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

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
