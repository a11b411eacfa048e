package org.resnet4j.onednn.winograd;

/** Some of {@code all} channels or weights: {@code count} from {@code first} on. */
public record Range(int first, int count, int all) {
  /** All of them. */
  public static Range all(int count) {
    return new Range(0, count, count);
  }
}
