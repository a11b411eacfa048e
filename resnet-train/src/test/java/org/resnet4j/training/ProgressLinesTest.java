package org.resnet4j.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.data.ImageFindings;
import org.resnet4j.data.ImageProblem;
import org.resnet4j.data.ImageSums;
import org.resnet4j.run.Environment;
import org.resnet4j.run.RunRecord;
import org.resnet4j.run.RunSetup;
import org.resnet4j.training.TrainingProgress.Position;

/** A training is announced, and every epoch is a line with the time that is left. */
class ProgressLinesTest {
  private final List<String> lines = new ArrayList<>();
  private final ProgressLines progress = ProgressLines.to(lines::add);

  private static RunSetup setup() {
    return new RunSetup(
        Toy.NET,
        Toy.RECIPE,
        1,
        new RunSetup.Data("folder:photos", "photos/train", "a", 80),
        new RunSetup.Data("folder:photos", "photos/test\u001b[2J", "b", 8),
        Toy.CLASSES,
        Toy.STATS);
  }

  private static RunRecord.Epoch epoch(int number, @Nullable Double testAccuracy, double seconds) {
    return new RunRecord.Epoch(
        number,
        0.1,
        0.5,
        0.75,
        testAccuracy,
        seconds,
        testAccuracy == null ? 0 : 10,
        "2026-11-22T12:00:00Z",
        null);
  }

  @Test
  void settingsAreAnnounced() {
    progress.prepared(setup(), Path.of("runs", "photos"));

    assertThat(lines)
        .contains(
            "train on  photos/train",
            "test on   photos/test\\u001b[2J",
            "recipe    quick: 4 epochs of 10 batches of 8, learning rate 0.1, FP32",
            "images    8x8 by stretch bilinear, gray / 255.0, mean [0.0], std [1.0], augmentation none",
            "results   " + Path.of("runs", "photos"));
    assertThat(lines.get(0)).startsWith("model     toy");
  }

  /** Four epochs of 100 s and 10 s of test: after the first, three times 110 s are left. */
  @Test
  void everyEpochIsALineWithTheTimeThatIsLeft() {
    RunRecord record = RunRecord.started(setup(), Environment.here(), "2026-11-22T12:00:00Z");
    progress.started(record);
    for (RunRecord.Epoch epoch :
        List.of(epoch(1, 0.5, 100), epoch(2, 0.25, 50), epoch(3, null, 50), epoch(4, 0.875, 50))) {
      record = record.plus(epoch, null);
      progress.epochDone(record);
    }

    assertThat(lines)
        .containsExactly(
            "engine    Deeplearning4j",
            "epoch 1/4: loss 0.5000, accuracy 0.7500, test accuracy 0.5000, 110 s, 5:30 min left,"
                + " the best so far",
            "epoch 2/4: loss 0.5000, accuracy 0.7500, test accuracy 0.2500, 60 s, 2:00 min left",
            "epoch 3/4: loss 0.5000, accuracy 0.7500, 50 s, 57 s left",
            "epoch 4/4: loss 0.5000, accuracy 0.7500, test accuracy 0.8750, 60 s, the best so far");
  }

  @Test
  void findingsAndWarningsAreLines() {
    progress.found(
        new ImageFindings(
            List.of(
                new ImageProblem(
                    ImageProblem.Kind.CMYK,
                    ImageProblem.Severity.NOTE,
                    1,
                    "1 image has four inks",
                    List.of("a\nb.jpg"))),
            List.of(),
            ImageSums.NONE));
    progress.warned("the loss is high");

    assertThat(lines)
        .containsExactly(
            "note      1 image has four inks: a\\u000ab.jpg", "warning   the loss is high");
  }

  private static final class Time extends Clock {
    private Instant now = Instant.EPOCH;

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  @Test
  void longEpochsHaveALineAMinute() {
    Time time = new Time();
    ProgressLines slow = new ProgressLines(lines::add, Duration.ofMinutes(1), time);
    for (int batch = 1; batch <= 10; batch++) {
      time.now = time.now.plusSeconds(25);
      slow.trained(new Position(1, 2, batch, 10, 0.5, 0.25, 3, Duration.ofSeconds(4000)));
    }

    assertThat(lines)
        .hasSize(3)
        .first()
        .isEqualTo("epoch 1/2, batch 3/10: loss 0.5000, accuracy 0.2500, 3 images/s, 1:06 h left");
  }

  @ParameterizedTest
  @CsvSource({"0, 0 s", "59, 59 s", "60, 1:00 min", "3599, 59:59 min", "3660, 1:01 h"})
  void durationsAreForPeople(long seconds, String text) {
    assertThat(ProgressLines.text(Duration.ofSeconds(seconds))).isEqualTo(text);
  }
}
