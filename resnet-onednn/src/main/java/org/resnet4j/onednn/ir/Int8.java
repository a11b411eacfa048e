package org.resnet4j.onednn.ir;

/**
 * The representation of a value by 8-bit integers: the integer times {@code scale}. Zero is exact.
 *
 * @param signed from -127 to 127 instead of 0 to 255
 */
public record Int8(boolean signed, float scale) {
  private static final int SIGNED = 127;
  private static final int UNSIGNED = 255;

  /** Checks the scale. */
  public Int8 {
    if (!(scale >= Float.MIN_NORMAL && scale < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "a scale of 8-bit integers: expected a normal number above 0 but was " + scale);
    }
  }

  /** Returns the integers whose largest stands for {@code range}. */
  public static Int8 of(boolean signed, double range) {
    return new Int8(signed, (float) (range / largest(signed)));
  }

  /** Returns the largest integer. */
  public static int largest(boolean signed) {
    return signed ? SIGNED : UNSIGNED;
  }
}
