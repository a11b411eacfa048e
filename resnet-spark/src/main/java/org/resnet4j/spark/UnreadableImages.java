package org.resnet4j.spark;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What happens to a row whose image cannot be read: the values of {@code handleInvalid}. */
enum UnreadableImages {
  /** The job fails. */
  ERROR,
  /** The row is left out and counted. */
  SKIP,
  /** The row is kept with nulls and a message. */
  KEEP;

  static UnreadableImages of(String value) {
    return Arrays.stream(values())
        .filter(choice -> choice.text().equals(value))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "handleInvalid: expected %s but was \"%s\""
                        .formatted(
                            Arrays.stream(values())
                                .map(UnreadableImages::text)
                                .collect(Collectors.joining(", ")),
                            value)));
  }

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
