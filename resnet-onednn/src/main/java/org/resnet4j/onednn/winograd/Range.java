package org.resnet4j.onednn.winograd;

/** A range of {@code all} channels or weights: {@code count}, starting at {@code first}. */
public record Range(int first, int count, int all) {
  /** The number that divides the bounds of ranges: the floats in the largest register. */
  private static final int WHOLE = 16;

  /** Returns the range of all {@code count}. */
  public static Range all(int count) {
    return new Range(0, count, count);
  }

  /** Refuses ranges of partial vectors, or beyond the end. */
  void require() {
    if (first < 0 || count % WHOLE != 0 || first % WHOLE != 0 || first + count > all) {
      throw new IndexOutOfBoundsException("%s: expected whole vectors of %s".formatted(this, all));
    }
  }
}
