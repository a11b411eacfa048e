package org.resnet4j.benchmarks.baselines;

import java.util.Arrays;
import java.util.Collection;

/** The median, minimum and maximum of some numbers. */
public record Median(double value, double least, double most) {
  /**
   * Returns the statistics of at least one number. The median of an even count is the mean of the
   * two in the middle.
   */
  public static Median of(Collection<Double> numbers) {
    return of(numbers.stream().mapToDouble(number -> number).toArray());
  }

  static Median of(double... numbers) {
    if (numbers.length == 0) {
      throw new IllegalArgumentException("median: expected one number at least but there is none");
    }
    double[] sorted = numbers.clone();
    Arrays.sort(sorted);
    int last = sorted.length - 1;
    return new Median((sorted[last / 2] + sorted[(last + 1) / 2]) / 2, sorted[0], sorted[last]);
  }
}
