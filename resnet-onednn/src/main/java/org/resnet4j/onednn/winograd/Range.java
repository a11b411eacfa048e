package org.resnet4j.onednn.winograd;

/** Some of {@code all} channels or weights: {@code count} from {@code first} on. */
public record Range(int first, int count, int all) {
  /** All of them. */
  public static Range all(int count) {
    return new Range(0, count, count);
  }

  /** Refuses what is not whole vectors, or lies outside. */
  void require() {
    if (first < 0
        || count % VectorKernels.LANES != 0
        || first % VectorKernels.LANES != 0
        || first + count > all) {
      throw new IndexOutOfBoundsException("%s: expected whole vectors of %s".formatted(this, all));
    }
  }
}
