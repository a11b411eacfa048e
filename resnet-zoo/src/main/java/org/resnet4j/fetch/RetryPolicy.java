package org.resnet4j.fetch;

import java.time.Duration;

/**
 * The time-outs and number of attempts of a download.
 *
 * @param connect limit for finding a server's address, and for a connection
 * @param idle limit for the next bytes, or for the response to a request
 * @param attempts consecutive attempts without new bytes before it fails; fewer if there is no
 *     connection from the start
 * @param pause wait before the second attempt; it doubles with each further one
 */
public record RetryPolicy(
    Duration connect, Duration idle, int attempts, Duration pause, Sleeper sleeper) {
  /** The policy for large files from distant servers. */
  public static final RetryPolicy USUAL =
      new RetryPolicy(
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          5,
          Duration.ofSeconds(1),
          duration -> Thread.sleep(duration.toMillis()));

  /** Returns the pause after {@code failures} consecutive failed attempts. */
  Duration pauseAfter(int failures) {
    return pause.multipliedBy(1L << Math.min(failures - 1, 10));
  }

  /** The function that waits, replaced in tests. */
  public interface Sleeper {
    void sleep(Duration duration) throws InterruptedException;
  }
}
