package org.resnet4j.fetch;

import java.io.IOException;
import java.time.Duration;

/**
 * Rejects a server so slow that the file would take days. Every window must reach the minimum rate,
 * so the length of a file bounds its download time.
 */
final class TransferRate {
  /** The minimum rate, 10 % of what a telephone line carries. */
  private static final long LEAST_BYTES_PER_SECOND = 512;

  private final Duration window;
  private long start = System.nanoTime();
  private long bytes;

  /**
   * @param window time over which the rate is measured
   */
  TransferRate(Duration window) {
    this.window = window;
  }

  void add(int count) throws IOException {
    bytes += count;
    long passed = System.nanoTime() - start;
    if (passed < window.toNanos()) {
      return;
    }
    if (bytes * 1_000_000_000.0 < (double) LEAST_BYTES_PER_SECOND * passed) {
      throw new IOException("only " + bytes + " bytes in " + passed / 1_000_000_000 + " s");
    }
    start += passed;
    bytes = 0;
  }
}
