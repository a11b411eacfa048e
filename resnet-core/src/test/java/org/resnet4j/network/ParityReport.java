package org.resnet4j.network;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.nd4j.linalg.api.buffer.DataType;

/** A report of the largest relative errors, one line for each golden file, type and check. */
final class ParityReport {
  private final Map<String, Double> errors = new TreeMap<>();

  void add(String file, DataType type, String check, double error) {
    errors.merge("%-28s %-6s %-9s".formatted(file, type, check), error, Math::max);
  }

  /** Prints the figures that the documentation quotes. */
  void print() {
    errors.forEach(
        (what, error) -> System.out.printf(Locale.ROOT, "parity %s %.1e%n", what, error));
  }
}
