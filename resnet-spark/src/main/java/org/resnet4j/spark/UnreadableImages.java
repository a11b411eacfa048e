package org.resnet4j.spark;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The values of {@code handleInvalid}: the fate of a row whose image cannot be read. */
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
