package org.resnet4j.arch;

import java.util.function.IntPredicate;

/** The range checks that the records of an architecture share. */
final class Check {
  /**
   * An upper bound of every size a user can set. A larger value is more likely a typing error than
   * a network.
   */
  static final int MOST = 1 << 20;

  private Check() {}

  /**
   * Throws an {@link IllegalArgumentException} with message {@code otherwise} unless {@code
   * condition} holds.
   */
  static void that(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  /** Returns whether {@code value} is from 1 to {@link #MOST}. */
  static boolean isSize(long value) {
    return value >= 1 && value <= MOST;
  }

  /** Returns whether all {@code values} meet {@code condition}. */
  static boolean all(Iterable<Integer> values, IntPredicate condition) {
    for (int value : values) {
      if (!condition.test(value)) {
        return false;
      }
    }
    return true;
  }
}
