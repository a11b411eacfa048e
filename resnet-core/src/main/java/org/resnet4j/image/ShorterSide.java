package org.resnet4j.image;

import java.util.random.RandomGenerator;
import org.resnet4j.arch.Shape;

/**
 * A resize of the shorter side to {@code length} pixels; the other side keeps the proportion,
 * rounded down. It equals, byte for byte, torchvision's {@code Resize(length)} of a PIL image.
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

  /**
   * Returns the middle of the resized image, as {@link CenterCrop} does. The rest is not computed,
   * so a long thin image takes no longer than another.
   */
  public Image center(Image image, int height, int width) {
    Shape shape = image.shape();
    int shorter = Math.min(shape.height(), shape.width());
    int whole = scaled(shape.height(), shorter);
    int across = scaled(shape.width(), shorter);
    Resize.Part part =
        new Resize.Part(
            Math.max(0, CenterCrop.start(whole, height)),
            Math.max(0, CenterCrop.start(across, width)),
            Math.min(whole, height),
            Math.min(across, width));
    return new CenterCrop(height, width).of(Resize.part(image, whole, across, interpolation, part));
  }

  private int scaled(int side, int shorter) {
    return (int) Math.min(Integer.MAX_VALUE, (long) length * side / shorter);
  }
}
