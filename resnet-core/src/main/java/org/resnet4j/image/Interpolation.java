package org.resnet4j.image;

/**
 * The filter that computes a resized pixel from its neighbours, as in Pillow's {@code Resample.c}.
 */
public enum Interpolation {
  /**
   * A triangle filter over two source pixels, or over the number of source pixels that one
   * destination pixel covers.
   */
  BILINEAR(1) {
    @Override
    double weight(double distance) {
      return Math.max(0, 1 - Math.abs(distance));
    }
  },
  /**
   * The cubic convolution of Keys with a = -0.5 over twice the width of {@link #BILINEAR}; it may
   * overshoot.
   */
  BICUBIC(2) {
    @Override
    double weight(double distance) {
      double x = Math.abs(distance);
      if (x < 1) {
        return ((A + 2) * x - (A + 3)) * x * x + 1;
      }
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * A : 0;
    }
  };

  private static final double A = -0.5;

  private final double support;

  Interpolation(double support) {
    this.support = support;
  }

  /** Returns the distance beyond which weights are 0. */
  double support() {
    return support;
  }

  /** Returns the weight of a source pixel at {@code distance} from the destination's centre. */
  abstract double weight(double distance);
}
