package org.resnet4j.data;

import java.util.random.RandomGenerator;
import org.resnet4j.arch.Shape;

/**
 * Resizes until the shorter side has {@code length} pixels and the other keeps its share, rounded
 * down: torchvision's {@code Resize(length)} of a PIL image, byte for byte.
 */
public record ShorterSide(int length, Interpolation interpolation) implements Transform {
  public ShorterSide {
    if (length < 1) {
      throw new IllegalArgumentException(
          "resize: expected a shorter side of at least 1 pixel but was " + length);
    }
  }

  @Override
  public Image apply(Image image, RandomGenerator random) {
    Shape shape = image.shape();
    int shorter = Math.min(shape.height(), shape.width());
    return new Resize(
            scaled(shape.height(), shorter), scaled(shape.width(), shorter), interpolation)
        .apply(image, random);
  }

  private int scaled(int side, int shorter) {
    return (int) Math.min(Integer.MAX_VALUE, (long) length * side / shorter);
  }
}
