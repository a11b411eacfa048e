package org.resnet4j.onednn.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.resnet4j.onednn.exec.Executable.Watch.CLEARED;
import static org.resnet4j.onednn.exec.Executable.Watch.UNCLEARED;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A NaN in every run is one of the computation; a NaN in a single run may be the JVM's. */
class ExecutableTest {
  private static volatile double dividend;

  private static volatile double divisor;

  @BeforeEach
  void theFlagCanBeRead() {
    assumeTrue(InvalidFlag.isThere(), "needs GNU's OpenMP on Linux");
  }

  @Test
  void aFlagThatIsRaisedOnceIsNoNan() {
    AtomicInteger runs = new AtomicInteger();
    assertThat(isFinite(runs, 2)).isTrue();
    assertThat(runs).hasValue(3);
  }

  @Test
  void aFlagThatIsRaisedInEveryRunIsANan() {
    AtomicInteger runs = new AtomicInteger();
    assertThat(isFinite(runs, Integer.MAX_VALUE)).isFalse();
    assertThat(runs).hasValue(3);
  }

  /** Runs a step that creates a NaN in its first {@code nans} runs, which are counted. */
  private static boolean isFinite(AtomicInteger runs, int nans) {
    Step step =
        new Step.Action(
            "layer",
            "work",
            () -> {
              if (runs.getAndIncrement() < nans) {
                assertThat(dividend / divisor).isNaN();
              }
            });
    try (Executable executable = new Executable(List.of(step), List.of(), new Resources(), 0)) {
      return executable.runsFinite(0, 1, null, UNCLEARED, CLEARED, CLEARED);
    }
  }
}
