package org.resnet4j.data;

import static java.util.Comparator.comparing;
import static java.util.Comparator.naturalOrder;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/** The order in which the classes of a folder or a list are numbered. */
final class ClassOrder {
  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

  private ClassOrder() {}

  /** Returns the names sorted as numbers if all are numbers, and as text otherwise. */
  static List<String> sorted(Collection<String> names) {
    boolean numbers = names.stream().allMatch(name -> NUMBER.matcher(name).matches());
    Comparator<String> text = naturalOrder();
    return names.stream()
        .sorted(
            numbers ? comparing((String name) -> Integer.valueOf(name)).thenComparing(text) : text)
        .toList();
  }
}
