package org.resnet4j.onednn.winograd;

/** {@code count} floats of native memory. */
public record Floats(long address, long count) {
  /** Refuses to go beyond the end. */
  void require(long floats) {
    if (floats > count) {
      throw new IndexOutOfBoundsException(
          "transformed tiles: expected at least %s floats but there are %s"
              .formatted(floats, count));
    }
  }
}
