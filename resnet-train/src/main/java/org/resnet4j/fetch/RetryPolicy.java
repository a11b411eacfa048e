package org.resnet4j.fetch;

import java.time.Duration;

/**
 * How long a download waits, and how often it tries.
 *
 * @param connect for a connection
 * @param idle for the next bytes, or for the answer to a request
 * @param attempts that bring nothing, one after the other, before it gives up
 * @param pause before the second attempt; it doubles with each further one
 */
public record RetryPolicy(
    Duration connect, Duration idle, int attempts, Duration pause, Sleeper sleeper) {
  /** For large files from far away. */
  public static final RetryPolicy USUAL =
      new RetryPolicy(
          Duration.ofSeconds(20),
          Duration.ofSeconds(30),
          5,
          Duration.ofSeconds(1),
          duration -> Thread.sleep(duration.toMillis()));

  /** Pause after {@code failures} attempts in a row. */
  Duration pauseAfter(int failures) {
    return pause.multipliedBy(1L << Math.min(failures - 1, 10));
  }

  /** Time as an argument. */
  public interface Sleeper {
    void sleep(Duration duration) throws InterruptedException;
  }
}
