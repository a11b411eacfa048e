package org.resnet4j.onednn.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tasks in Java run on OpenMP's threads. */
class TeamTest {
  @BeforeEach
  void openMpIsLoaded() {
    assertThat(OneDnnLibrary.version()).isNotEmpty();
    assumeTrue(Team.isThere(), "needs GNU's OpenMP");
  }

  @Test
  void everyTaskRunsOnce() {
    List<AtomicInteger> counts = Stream.generate(AtomicInteger::new).limit(17).toList();
    Team.run(counts.stream().map(count -> (Runnable) count::incrementAndGet).toList());
    assertThat(counts).allMatch(count -> count.get() == 1);
  }

  @Test
  void failingTaskIsReportedAndLaterTasksRun() {
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                Team.run(
                    List.of(
                        () -> {},
                        () -> {
                          throw new ArithmeticException("on purpose");
                        })))
        .withMessage("a thread of the engine failed: java.lang.ArithmeticException: on purpose");
    everyTaskRunsOnce();
  }
}
