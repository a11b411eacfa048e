package org.resnet4j.arch;

import java.util.function.IntPredicate;

/** What the records of an architecture share to refuse nonsense. */
final class Check {
  /** A bound on every size a user can set: beyond it a typing error is likelier than a network. */
  static final int MOST = 1 << 20;

  private Check() {}

  /** Refuses what does not meet {@code condition}. */
  static void that(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  /** Whether {@code value} is from 1 to {@link #MOST}. */
  static boolean isSize(long value) {
    return value >= 1 && value <= MOST;
  }

  /** Whether all {@code values} meet {@code condition}. */
  static boolean all(Iterable<Integer> values, IntPredicate condition) {
    for (int value : values) {
      if (!condition.test(value)) {
        return false;
      }
    }
    return true;
  }
}
