package org.resnet4j.image;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.resnet4j.arch.Shape;

/**
 * A map from the pixels of a changed image to those of its source: pixel ({@code x}, {@code y})
 * shows {@code (a·x + b·y + c, d·x + e·y + f)}. The matrices are those of torchvision 0.14's {@code
 * functional.affine} and of Pillow's {@code Image.rotate}. Sines are {@link StrictMath}'s, equal on
 * every platform.
 */
record Affine(double a, double b, double c, double d, double e, double f) {
  private static final double RADIANS = Math.PI / 180;

  /** The decimal places to which Pillow rounds the sines of a rotation. */
  private static final int PLACES = 15;

  private static final double TURN = 360;

  /** Returns the map that moves row {@code y} by {@code shear · y} pixels to the left. */
  static Affine shearX(double shear) {
    return new Affine(1, StrictMath.tan(angle(shear)), 0, 0, 1, 0);
  }

  /** Returns the map that moves column {@code x} by {@code shear · x} pixels up. */
  static Affine shearY(double shear) {
    double angle = angle(shear);
    return new Affine(1, 0, 0, StrictMath.sin(angle) / StrictMath.cos(angle), 1, 0);
  }

  /** torchvision turns the shear into degrees and back. */
  private static double angle(double shear) {
    return StrictMath.atan(shear) * (180 / Math.PI) * RADIANS;
  }

  /** Returns the rotation about the image's centre by {@code degrees}, counter-clockwise. */
  static Affine rotation(double degrees, Shape image) {
    double positive = degrees % TURN;
    positive = positive < 0 ? positive + TURN : positive;
    double angle = -(positive * RADIANS);
    double cosine = rounded(StrictMath.cos(angle));
    double sine = rounded(StrictMath.sin(angle));
    double x = image.width() / 2.0;
    double y = image.height() / 2.0;
    return new Affine(
        cosine,
        sine,
        cosine * -x + sine * -y + 0.0 + x,
        -sine,
        cosine,
        -sine * -x + cosine * -y + 0.0 + y);
  }

  private static double rounded(double value) {
    return new BigDecimal(value).setScale(PLACES, RoundingMode.HALF_EVEN).doubleValue();
  }
}
