package org.resnet4j.benchmarks.baselines;

import java.util.Locale;
import org.resnet4j.onednn.Precision;

/** The check whether two programs run the same network. */
public final class Agreement {
  private static final double FP32 = 1e-3;
  private static final double ROUNDED = 0.1;

  private Agreement() {}

  /**
   * Refuses logits that differ. The mean of each row is subtracted first, so that logarithms of
   * probabilities can replace logits.
   *
   * @param classes values per row
   */
  public static void check(float[] expected, float[] actual, int classes, Precision precision) {
    if (expected.length != actual.length) {
      throw new IllegalStateException(
          "logits: expected %s values but were %s".formatted(expected.length, actual.length));
    }
    double error = error(expected, actual, classes);
    double most = precision == Precision.FP32 ? FP32 : ROUNDED;
    if (!(error <= most)) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "logits: expected those of stock Deeplearning4j within %.0e but the largest difference was %.1e",
              most,
              error));
    }
  }

  /** Returns the largest difference relative to the largest value. */
  static double error(float[] expected, float[] actual, int classes) {
    double largest = 0;
    double difference = 0;
    for (int row = 0; row < expected.length; row += classes) {
      double expectedMean = mean(expected, row, classes);
      double actualMean = mean(actual, row, classes);
      for (int i = row; i < row + classes; i++) {
        double value = expected[i] - expectedMean;
        double gap = Math.abs(value - (actual[i] - actualMean));
        largest = Math.max(largest, Math.abs(value));
        // Not Math.max: the comparison keeps NaN.
        difference = gap <= difference ? difference : gap;
      }
    }
    return difference / largest;
  }

  private static double mean(float[] values, int from, int count) {
    double sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += values[i];
    }
    return sum / count;
  }
}
