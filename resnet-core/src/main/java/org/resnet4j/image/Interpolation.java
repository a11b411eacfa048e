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
  },
  /** The mean of the source pixels that a destination pixel covers, or the nearest source pixel. */
  BOX(0.5) {
    @Override
    double weight(double distance) {
      return distance > -0.5 && distance <= 0.5 ? 1 : 0;
    }
  },
  /** A sinc with Hamming's window, as wide as {@link #BILINEAR} and sharper. */
  HAMMING(1) {
    @Override
    double weight(double distance) {
      double x = Math.abs(distance);
      return x < 1 ? sinc(x) * (0.54 + 0.46 * Math.cos(Math.PI * x)) : 0;
    }
  },
  /** A sinc with Lanczos's window over three times the width of {@link #BILINEAR}. */
  LANCZOS(3) {
    @Override
    double weight(double distance) {
      return distance >= -3 && distance < 3 ? sinc(distance) * sinc(distance / 3) : 0;
    }
  };

  private static final double A = -0.5;

  private final double support;

  Interpolation(double support) {
    this.support = support;
  }

  /**
   * Returns the filter of a name in any case, for example {@code bicubic}.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static Interpolation parse(String name) {
    for (Interpolation interpolation : values()) {
      if (interpolation.name().equalsIgnoreCase(name)) {
        return interpolation;
      }
    }
    throw new IllegalArgumentException(
        "interpolation: expected bilinear, bicubic, box, hamming or lanczos but was \""
            + name
            + "\"");
  }

  private static double sinc(double x) {
    return x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
  }

  /** Returns the distance beyond which weights are 0. */
  double support() {
    return support;
  }

  /** Returns the weight of a source pixel at {@code distance} from the destination's centre. */
  abstract double weight(double distance);
}
