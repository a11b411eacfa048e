package org.resnet4j.zoo;

import java.util.Locale;

/**
 * The measured quality of a model in 8-bit integers, on images that its calibration did not see.
 *
 * @param data the images, for people
 * @param calibrationImages number of other images by which it was calibrated
 * @param agreement images with the same most probable class in FP32
 * @param fp32 images classified correctly in FP32
 * @param int8 images classified correctly in INT8
 */
public record Certificate(
    String data, int calibrationImages, Share agreement, Share fp32, Share int8) {
  private static final double Z_95 = 1.959963984540054;

  /** Checks that all shares are of the same images. */
  public Certificate {
    if (calibrationImages < 1 || agreement.of != fp32.of || agreement.of != int8.of) {
      throw new IllegalArgumentException(
          "certificate: expected shares of the same images but they are of %s, %s and %s, after a calibration by %s"
              .formatted(agreement.of, fp32.of, int8.of, calibrationImages));
    }
  }

  /** A number of images among all. */
  public record Share(int images, int of) {
    /** Checks the numbers. */
    public Share {
      if (of < 1 || images < 0 || images > of) {
        throw new IllegalArgumentException(
            "certificate: expected a part of at least 1 image but was %s of %s"
                .formatted(images, of));
      }
    }

    /** Returns the share in [0, 1]. */
    public double value() {
      return images / (double) of;
    }

    /** Returns the lower end of the 95 % interval by Wilson's score. */
    public double low() {
      return images == 0 ? 0 : end(-1);
    }

    /** Returns the upper end of the 95 % interval by Wilson's score. */
    public double high() {
      return images == of ? 1 : end(1);
    }

    private double end(int sign) {
      double square = Z_95 * Z_95;
      double middle = value() + square / (2 * of);
      double width = Z_95 * Math.sqrt(value() * (1 - value()) / of + square / (4.0 * of * of));
      return (middle + sign * width) / (1 + square / of);
    }

    /** Returns a text such as "0.9871 (95 % interval 0.9847 to 0.9892)". */
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT, "%.4f (95 %% interval %.4f to %.4f)", value(), low(), high());
    }
  }

  /** Returns lines for people. */
  public String describe() {
    return String.format(
        Locale.ROOT,
        "certificate on %,d images of %s, after calibration by %,d others%n"
            + "agreement with FP32  %s%naccuracy in FP32     %s%naccuracy in INT8     %s%n",
        agreement.of,
        data,
        calibrationImages,
        agreement,
        fp32,
        int8);
  }
}
