package org.resnet4j.benchmarks.baselines;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Measures the time of a repeated computation.
 *
 * @param seconds of measurement, after half as long a warm-up
 */
public record Stopwatch(double seconds, LongSupplier nanoseconds) {
  private static final int FEWEST = 3;

  /** The multiple of the time limit after which fewer than {@link #FEWEST} batches suffice. */
  public static final int PATIENCE = 4;

  /** The computation of one batch. */
  public interface Batch {
    void run() throws Exception;
  }

  /** The time of the median batch, and the number of batches. */
  public record Timing(double secondsPerBatch, int batches) {}

  /** Returns a stopwatch on the clock of the machine. */
  public static Stopwatch of(double seconds) {
    return new Stopwatch(seconds, System::nanoTime);
  }

  /** Warms up, then measures. */
  public Timing time(Batch batch) throws Exception {
    repeat(batch, seconds / 2, 1);
    List<Double> times = repeat(batch, seconds, FEWEST);
    return new Timing(Median.of(times).value(), times.size());
  }

  private List<Double> repeat(Batch batch, double limit, int fewest) throws Exception {
    List<Double> times = new ArrayList<>();
    double sum = 0;
    while (sum < limit || (times.size() < fewest && sum < PATIENCE * limit)) {
      long start = nanoseconds.getAsLong();
      batch.run();
      double time = (nanoseconds.getAsLong() - start) / 1e9;
      times.add(time);
      sum += time;
    }
    return times;
  }
}
