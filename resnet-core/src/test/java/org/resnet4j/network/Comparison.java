package org.resnet4j.network;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A comparison of numbers with those of a golden; an {@link AssertionError} names the first tensor
 * whose error exceeds {@code tolerance}.
 *
 * <p>The error of a tensor that the golden holds in full is relative to its largest value; that of
 * a projected one to its norm.
 */
final class Comparison {
  private static final double NEARLY_CANCELLED = 1e-3;

  private final Golden golden;
  private final double tolerance;
  private final Set<String> compared = new HashSet<>();
  private double worst;
  private double largest;

  Comparison(Golden golden, double tolerance) {
    this.golden = golden;
    this.tolerance = tolerance;
  }

  /** Returns the largest relative error so far. */
  double worst() {
    return worst;
  }

  /** Returns the largest error so far, whatever it is relative to. */
  double largest() {
    return largest;
  }

  /** Compares all values. */
  void whole(String tensor, double... actual) {
    double[] expected = golden.tensor(tensor);
    require(
        expected.length == actual.length, tensor, expected.length + " values", actual.length + "");
    double scale = 0;
    for (double value : expected) {
      scale = Math.max(scale, Math.abs(value));
    }
    for (int i = 0; i < actual.length; i++) {
      record(tensor + "[" + i + "]", expected[i], actual[i], scale);
    }
    compared.add(tensor);
  }

  /**
   * Compares the norm, and the scalar product with formula vector {@code probe}. Where the golden's
   * norm is 0, the error is relative to {@code largest}; where it is next to nothing beside that,
   * to a thousandth: what nearly cancels, such as the gradient of a scale before ReLU and another
   * batch norm, has the rounding errors of its large terms.
   */
  void projected(String tensor, String probe, double[] actual, double largest) {
    double[] expected = golden.tensor(tensor);
    float[] direction = Formula.uniform("probe:" + probe, actual.length, -1, 1);
    double squares = 0;
    double product = 0;
    for (int i = 0; i < actual.length; i++) {
      squares += actual[i] * actual[i];
      product += actual[i] * direction[i];
    }
    double scale = expected[0] > 0 ? Math.max(expected[0], NEARLY_CANCELLED * largest) : largest;
    record(tensor + " norm", expected[0], Math.sqrt(squares), scale);
    record(tensor + " product with its probe", expected[1], product, scale);
    compared.add(tensor);
  }

  /**
   * Requires that every tensor of the golden whose name starts with the prefix has been compared.
   */
  void requireAll(String prefix) {
    Set<String> missing =
        golden.tensors().keySet().stream()
            .filter(tensor -> tensor.startsWith(prefix) && !compared.contains(tensor))
            .collect(Collectors.toSet());
    require(missing.isEmpty(), prefix, "a tensor for each of the golden's", "none for " + missing);
  }

  private void record(String what, double expected, double actual, double scale) {
    double error = Math.abs(actual - expected) / scale;
    // Written so that NaN fails.
    require(
        error <= tolerance,
        what,
        Double.toString(expected),
        String.format(
            Locale.ROOT, "%s, relative error %.1e beyond %.0e", actual, error, tolerance));
    worst = Math.max(worst, error);
    largest = Math.max(largest, Math.abs(actual - expected));
  }

  private void require(boolean condition, String what, String expected, String actual) {
    if (!condition) {
      throw new AssertionError(
          "%s: %s: expected %s but was %s; goldens are made with %s"
              .formatted(golden.name(), what, expected, actual, Golden.command(golden.file())));
    }
  }
}
