package org.resnet4j.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.resnet4j.run.Environment;
import org.resnet4j.run.RunRecord;
import org.resnet4j.training.Toy;

/** The same epochs as in {@code tensorboard_golden.py}. */
class MetricsTest {
  private static final List<RunRecord.Epoch> EPOCHS =
      List.of(
          epoch(1, 0.1, 2.25, 0.125, null, "2026-11-22T12:00:12.500Z"),
          epoch(2, 0.05, 1.3, 0.55, 0.6, null),
          epoch(300, 1e-7, 0, 1, 1.0, "2026-11-22T12:00:40.250Z"));

  private static RunRecord.Epoch epoch(
      int number,
      double rate,
      double loss,
      double accuracy,
      @Nullable Double test,
      @Nullable String ended) {
    double seconds = test == null ? 11.5 : 12;
    return new RunRecord.Epoch(
        number, rate, loss, accuracy, test, seconds, 12.5 - seconds, ended, null);
  }

  private static RunRecord run(int epochs) {
    return new RunRecord(
        Toy.setup(Toy.RECIPE, 3),
        Environment.here(),
        "an engine",
        "2026-11-22T12:00:00Z",
        RunRecord.Status.UNFINISHED,
        EPOCHS.subList(0, epochs),
        0,
        null,
        List.of());
  }

  /** Epoch 2 has no recorded time: its end follows from the seconds of the epochs. */
  @Test
  void eventsEqualThoseOfTensorBoardsWriterByteForByte() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(MetricsTest.class.getResourceAsStream("run.tfevents"))) {
      assertThat(TensorBoardEvents.of(run(3))).isEqualTo(in.readAllBytes());
    }
    assertThat(TensorBoardEvents.fileName(run(3)))
        .isEqualTo("events.out.tfevents.1795348800.resnet4j");
  }

  @Test
  void tableHasALineForEveryEpoch() {
    assertThat(Metrics.csv(run(3)))
        .isEqualTo(
            """
            epoch,learning_rate,loss,accuracy,test_accuracy,seconds,test_seconds
            1,0.1,2.25,0.125,,11.500,1.000
            2,0.05,1.3,0.55,0.6,12.000,0.500
            300,1.0E-7,0.0,1.0,1.0,12.000,0.500
            """);
  }

  @Test
  void laterFilesStartWithEarlierOnes() {
    assertThat(Metrics.csv(run(3))).startsWith(Metrics.csv(run(2)));
    byte[] earlier = TensorBoardEvents.of(run(2));
    assertThat(TensorBoardEvents.of(run(3))).startsWith(earlier);
  }
}
