package org.resnet4j.image;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.resnet4j.arch.Shape;

/**
 * The way in which an image of any size becomes one of the network's size. Pixels equal Pillow's
 * and torchvision's.
 *
 * @param kind what is kept of an image
 * @param resize length of the shorter side before a crop, in pixels; 0 without one
 * @param interpolation filter of the resize
 */
public record Fit(Kind kind, int resize, Interpolation interpolation) {
  /** No fit uses random numbers. */
  private static final RandomGenerator UNUSED = new SplittableRandom(0);

  /** The part of an image that a fit keeps. */
  public enum Kind {
    /** All of an image that has the network's size already; others are refused. */
    EXACT,
    /** All of the image, with both sides resized to the network's; proportions change. */
    STRETCH,
    /** The middle of the image, after its shorter side is resized to a length. */
    CENTER_CROP
  }

  public Fit {
    if ((kind == Kind.CENTER_CROP) != (resize > 0) || resize < 0) {
      throw new IllegalArgumentException(
          "fit %s: expected a shorter side of at least 1 pixel for a crop, and 0 without, but was %s"
              .formatted(kind, resize));
    }
  }

  /** Returns the fit of images that have the network's size already. */
  public static Fit exact() {
    return new Fit(Kind.EXACT, 0, Interpolation.BILINEAR);
  }

  /** Returns the fit that resizes both sides to the network's. */
  public static Fit stretch(Interpolation interpolation) {
    return new Fit(Kind.STRETCH, 0, interpolation);
  }

  /** Returns the fit that resizes the shorter side to {@code resize} and crops the middle. */
  public static Fit centerCrop(int resize, Interpolation interpolation) {
    return new Fit(Kind.CENTER_CROP, resize, interpolation);
  }

  Image apply(Image image, int height, int width) {
    return switch (kind) {
      case EXACT -> exact(image, height, width);
      case STRETCH -> new Resize(height, width, interpolation).apply(image, UNUSED);
      case CENTER_CROP -> new ShorterSide(resize, interpolation).center(image, height, width);
    };
  }

  private static Image exact(Image image, int height, int width) {
    Shape shape = image.shape();
    if (shape.height() != height || shape.width() != width) {
      throw new IllegalArgumentException(
          "expected an image of %sx%s pixels but it has %sx%s; choose a fit that resizes"
              .formatted(height, width, shape.height(), shape.width()));
    }
    return image;
  }
}
