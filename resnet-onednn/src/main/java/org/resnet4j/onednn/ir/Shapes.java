package org.resnet4j.onednn.ir;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Refuses operations with incompatible shapes, for which primitives would access memory beyond
 * their arrays. Every message names the layer.
 */
public final class Shapes {
  private Shapes() {}

  /** Refuses two values of different shapes. */
  public static void equal(String layer, Value one, Value other) {
    if (!Arrays.equals(one.shape(), other.shape())) {
      throw refused(layer, "expected equal shapes but they are " + one + " and " + other);
    }
  }

  /** Checks that {@code parameter}, unless it is null, has {@code expected} elements. */
  public static void count(
      String layer, String what, @Nullable Parameter parameter, long expected) {
    if (parameter != null && parameter.value().length() != expected) {
      throw refused(
          layer,
          "expected "
              + expected
              + " elements of "
              + what
              + " but there are "
              + parameter.value().length());
    }
  }

  /** Refuses a window that does not compute {@code output} from {@code input}. */
  public static void windowed(String layer, Value input, Value output, Window window) {
    if (input.rank() != 4
        || !Arrays.equals(output.shape(), window.outputShape(input, output.size(1)))) {
      throw refused(layer, window + " does not compute " + output + " from " + input);
    }
  }

  /** Returns an exception that names the layer. */
  public static IllegalArgumentException refused(String layer, String why) {
    return new IllegalArgumentException("vertex \"" + layer + "\": " + why);
  }
}
