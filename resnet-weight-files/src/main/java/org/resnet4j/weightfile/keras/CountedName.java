package org.resnet4j.weightfile.keras;

import static java.util.Comparator.comparing;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * A name with Keras's counter: {@code conv2d_2}, or {@code 2}.
 *
 * @param kind name without the counter, for example {@code conv2d}
 * @param count the counter; -1 for none
 */
record CountedName(String name, String kind, int count) {
  private static final int MOST_DIGITS = 9;

  private static final Comparator<CountedName> COUNTING =
      comparing(CountedName::kind).thenComparing(CountedName::count);

  static CountedName of(String name) {
    int digits = name.length();
    while (digits > 0 && name.charAt(digits - 1) >= '0' && name.charAt(digits - 1) <= '9') {
      digits--;
    }
    int length = name.length() - digits;
    boolean counted =
        length > 0 && length <= MOST_DIGITS && (digits == 0 || name.charAt(digits - 1) == '_');
    return counted
        ? new CountedName(
            name,
            digits == 0 ? "" : name.substring(0, digits - 1),
            Integer.parseInt(name, digits, name.length(), 10))
        : new CountedName(name, name, -1);
  }

  /**
   * Returns the names in the order of their counters, {@code conv2d_2} before {@code conv2d_10}.
   * Each name is parsed once.
   */
  static List<String> sorted(Collection<String> names) {
    return names.stream().map(CountedName::of).sorted(COUNTING).map(CountedName::name).toList();
  }
}
