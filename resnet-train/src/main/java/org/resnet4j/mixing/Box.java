package org.resnet4j.mixing;

import org.resnet4j.arch.Shape;

/** A rectangle of pixels; {@code right} and {@code bottom} are the first that are outside. */
record Box(int left, int top, int right, int bottom) {
  /**
   * Returns the part inside the image of a box around a pixel, with the image's ratio of sides and
   * {@code 1 - share} of its area.
   */
  static Box around(int x, int y, double share, Shape image) {
    double half = 0.5 * Math.sqrt(1 - share);
    int halfWidth = (int) (half * image.width());
    int halfHeight = (int) (half * image.height());
    return new Box(
        Math.max(0, x - halfWidth),
        Math.max(0, y - halfHeight),
        Math.min(image.width(), x + halfWidth),
        Math.min(image.height(), y + halfHeight));
  }

  /** Returns the share of the image that is outside the box. */
  double shareOutside(Shape image) {
    return 1 - (double) (right - left) * (bottom - top) / ((double) image.width() * image.height());
  }
}
