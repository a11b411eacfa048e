package org.resnet4j.training;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.resnet4j.arch.Plan;
import org.resnet4j.data.ImageFindings;
import org.resnet4j.data.ImageProblem;
import org.resnet4j.recipe.Balance;
import org.resnet4j.recipe.Recipe;
import org.resnet4j.run.RunRecord;
import org.resnet4j.run.RunSetup;
import org.resnet4j.support.ForeignText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes the progress of a training on as lines of text: its settings, what there is to say about
 * the images, and one line an epoch.
 *
 * <pre>{@code
 * FineTune.of(model).on(photos).progress(ProgressLines.to(System.out::println)).run(folder);
 * }</pre>
 *
 * <p>Within long epochs there is a line a minute. Names from files are made safe to print.
 */
public final class ProgressLines implements TrainingProgress {
  private static final Logger LOG = LoggerFactory.getLogger("org.resnet4j.training.Trainer");

  private final Consumer<String> out;
  private final Duration between;
  private final Clock clock;
  private long lastLine;

  ProgressLines(Consumer<String> out, Duration between, Clock clock) {
    this.out = out;
    this.between = between;
    this.clock = clock;
    lastLine = clock.millis();
  }

  /** Returns a listener that passes lines, without line breaks, to {@code out}. */
  public static ProgressLines to(Consumer<String> out) {
    return new ProgressLines(out, Duration.ofMinutes(1), Clock.systemUTC());
  }

  /** Returns this listener with another time between lines within an epoch. */
  public ProgressLines every(Duration value) {
    return new ProgressLines(out, value, clock);
  }

  /** Returns the listener that logs as {@link Trainer}, at the level of information. */
  static ProgressLines logged() {
    return to(line -> LOG.info("{}", line));
  }

  @Override
  public void examined(int images, int of) {
    if (isLineDue()) {
      line("checking images: %d of %d", images, of);
    }
  }

  @Override
  public void found(ImageFindings findings) {
    findings
        .problems()
        .forEach(
            problem ->
                line(
                    "%-9s %s",
                    problem.severity() == ImageProblem.Severity.NOTE ? "note" : "warning",
                    problem));
  }

  @Override
  public void prepared(RunSetup setup, Path folder) {
    Recipe how = setup.recipe();
    line("model     %s", setup.architecture().describe());
    line("          %,d parameters", Plan.of(setup.architecture()).parameterCount());
    line("train on  %s", setup.training().origin());
    line("test on   %s", setup.test().origin());
    line(
        "recipe    %s: %d epochs of %d batches of %d, learning rate %s, %s",
        how.name(),
        how.epochs(),
        how.batches(setup.training().examples()),
        how.batch(),
        how.learningRate(),
        how.precision());
    line("images    %s, augmentation %s", setup.pipeline().describe(), how.augmentations());
    if (setup.tuning() != null) {
      line("start     %s", setup.tuning().describe());
    }
    if (setup.multiLabel()) {
      line("labels    several an image, one probability each: %s", how.loss());
    }
    if (how.balance() != Balance.NONE) {
      line("balance   %s %s", how.balance(), how.classWeights());
    }
    line("results   %s", folder);
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
    line("warning   %s", message);
  }

  @Override
  public void trained(Position at) {
    if (isLineDue()) {
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
    if (isLineDue()) {
      line("test data: %d of %d", examples, of);
    }
  }

  @Override
  public void epochDone(RunRecord record) {
    List<RunRecord.Epoch> epochs = record.epochs();
    RunRecord.Epoch epoch = epochs.get(epochs.size() - 1);
    boolean tested = epoch.score() != null;
    line(
        "epoch %d/%d: loss %.4f, accuracy %.4f%s, %.0f s%s%s",
        epoch.epoch(),
        record.setup().recipe().epochs(),
        epoch.loss(),
        epoch.accuracy(),
        tested ? tested(epoch) : "",
        epoch.seconds() + epoch.testSeconds(),
        record.isFinished() ? "" : ", " + text(left(record, epoch)) + " left",
        tested && record.isLastBest() ? ", the best so far" : "");
  }

  private static String tested(RunRecord.Epoch epoch) {
    Double precision = epoch.testMeanAveragePrecision();
    return precision == null
        ? String.format(Locale.ROOT, ", test accuracy %.4f", epoch.testAccuracy())
        : String.format(
            Locale.ROOT,
            ", test mean average precision %.4f, accuracy %.4f",
            precision,
            epoch.testAccuracy());
  }

  /** Returns the time of the epochs to come, if they take as long as the last one. */
  private static Duration left(RunRecord record, RunRecord.Epoch last) {
    double test =
        record.epochs().stream().mapToDouble(RunRecord.Epoch::testSeconds).average().orElse(0);
    int epochs = record.setup().recipe().epochs() - record.epochs().size();
    return Duration.ofSeconds(Math.round(epochs * (last.seconds() + test)));
  }

  /** Returns a duration for people, such as {@code 1:20 min}. */
  public static String text(Duration left) {
    long seconds = left.toSeconds();
    return seconds < 60
        ? seconds + " s"
        : seconds < 3600
            ? String.format(Locale.ROOT, "%s:%02d min", seconds / 60, seconds % 60)
            : String.format(Locale.ROOT, "%s:%02d h", seconds / 3600, seconds / 60 % 60);
  }

  private boolean isLineDue() {
    long now = clock.millis();
    boolean due = now - lastLine > between.toMillis();
    lastLine = due ? now : lastLine;
    return due;
  }

  private void line(String format, Object... values) {
    out.accept(ForeignText.printable(String.format(Locale.ROOT, format, values)));
  }
}
