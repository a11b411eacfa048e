package org.resnet4j.onednn.winograd;

/** A range of {@code count} floats in native memory. */
public record Floats(long address, long count) {
  /** Refuses a range of fewer than {@code floats} floats. */
  void require(long floats) {
    if (floats > count) {
      throw new IndexOutOfBoundsException(
          "transformed tiles: expected at least %s floats but there are %s"
              .formatted(floats, count));
    }
  }
}
