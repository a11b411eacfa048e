package org.resnet4j.benchmarks.peers;

import java.util.Arrays;
import java.util.Collection;

/** The middle of some numbers, and their ends. */
public record Median(double value, double least, double most) {
  /** Of one number at least; between the two in the middle where their count is even. */
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
