package org.resnet4j.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class PrefetchTest {
  @Test
  void exceptionOfATaskReachesTheConsumerAndOtherTasksContinue() {
    List<Throwable> failures =
        List.of(
            new OutOfMemoryError("heap"),
            new StackOverflowError(),
            new NoClassDefFoundError("x"),
            new IllegalStateException("y"),
            new IOException("z"));
    List<Callable<Integer>> tasks =
        IntStream.range(0, 10).mapToObj(i -> task(failures, i)).toList();
    try (Prefetch<Integer> prefetch = new Prefetch<>(3, 4, tasks.iterator())) {
      for (int i = 0; prefetch.hasNext(); i++) {
        if (i % 2 == 0) {
          assertThat(prefetch.next()).isEqualTo(i);
        } else if (failures.get(i / 2) instanceof IOException) {
          assertThatThrownBy(prefetch::next)
              .isInstanceOf(UncheckedIOException.class)
              .hasMessage("z");
        } else {
          assertThatThrownBy(prefetch::next).isSameAs(failures.get(i / 2));
        }
      }
    }
  }

  private static Callable<Integer> task(List<Throwable> failures, int i) {
    return () -> {
      if (i % 2 == 0) {
        return i;
      }
      if (failures.get(i / 2) instanceof Error error) {
        throw error;
      }
      throw (Exception) failures.get(i / 2);
    };
  }

  @Test
  void consumerRunsTheTasksWithoutThreads() {
    List<Callable<Integer>> tasks =
        IntStream.range(0, 5).mapToObj(i -> task(List.of(), 2 * i)).toList();
    Prefetch<Integer> prefetch =
        new Prefetch<>(
            3,
            4,
            tasks.iterator(),
            work -> {
              throw new OutOfMemoryError("unable to create native thread");
            });
    try (prefetch) {
      for (int i = 0; i < 5; i++) {
        assertThat(prefetch.next()).isEqualTo(2 * i);
      }
    }
  }

  /** The thread ends before it takes a task, and no other can be started. */
  @Test
  void deadThreadDoesNotBlockTheConsumer() {
    int[] started = {0};
    List<Callable<Integer>> tasks =
        IntStream.range(0, 5).mapToObj(i -> task(List.of(), 2 * i)).toList();
    Prefetch<Integer> prefetch =
        new Prefetch<>(
            1,
            4,
            tasks.iterator(),
            work -> {
              if (started[0]++ > 0) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              return new Thread(() -> {});
            });
    try (prefetch) {
      for (int i = 0; i < 5; i++) {
        assertThat(prefetch.next()).isEqualTo(2 * i);
      }
    }
  }
}
