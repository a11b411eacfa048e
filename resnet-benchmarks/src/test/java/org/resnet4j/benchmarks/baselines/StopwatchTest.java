package org.resnet4j.benchmarks.baselines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StopwatchTest {
  private final AtomicLong clock = new AtomicLong();

  @Test
  void medianIsTheMiddleValueOrTheMeanOfTheTwoMiddleValues() {
    assertThat(Median.of(3, 1, 2)).isEqualTo(new Median(2, 1, 3));
    assertThat(Median.of(List.of(4.0, 1.0, 2.0, 10.0))).isEqualTo(new Median(3, 1, 10));
    assertThatThrownBy(() -> Median.of()).hasMessageContaining("expected one number");
  }

  @Test
  void timingExcludesWarmUpAndReportsTheMedianBatch() throws Exception {
    AtomicLong runs = new AtomicLong();
    // The first run is slow because classes load; later every third is slow because of other load.
    Stopwatch.Timing timing =
        new Stopwatch(1, clock::get)
            .time(
                () -> {
                  long run = runs.getAndIncrement();
                  advanceClock(run == 0 ? 5 : run % 3 == 0 ? 0.3 : 0.1);
                });
    assertThat(timing.secondsPerBatch()).isEqualTo(0.1);
    assertThat(timing.batches()).isEqualTo(6);
  }

  @Test
  void batchLongerThanTheBudgetIsMeasuredOnce() throws Exception {
    assertThat(new Stopwatch(1, clock::get).time(() -> advanceClock(20)).batches()).isEqualTo(1);
  }

  private void advanceClock(double seconds) {
    clock.addAndGet(Math.round(seconds * 1e9));
  }
}
