package org.resnet4j.benchmarks.report;

import java.util.Locale;

/** Formats figures for people. */
final class Numbers {
  private Numbers() {}

  /** Returns three significant digits, or all digits before the decimal point. */
  static String of(double value) {
    int decimals = value >= 100 ? 0 : value >= 10 ? 1 : 2;
    return String.format(Locale.ROOT, "%,." + decimals + "f", value);
  }
}
