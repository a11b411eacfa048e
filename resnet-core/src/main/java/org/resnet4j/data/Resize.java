package org.resnet4j.data;

import java.util.random.RandomGenerator;
import org.resnet4j.arch.Shape;

/**
 * To one size whatever the picture's sides, with antialiasing where it shrinks: equal, byte for
 * byte, to Pillow's {@code Image.resize((width, height), …)} and so to torchvision's {@code Resize}
 * of a PIL image.
 */
public record Resize(int height, int width, Interpolation interpolation) implements Transform {
  private static final int MOST = 1 << 13;

  public Resize {
    if (height < 1 || width < 1 || height > MOST || width > MOST) {
      throw new IllegalArgumentException(
          "resize: expected sides of 1 to %s pixels but was %sx%s".formatted(MOST, height, width));
    }
  }

  /** Bilinear. */
  public Resize(int height, int width) {
    this(height, width, Interpolation.BILINEAR);
  }

  @Override
  public Image apply(Image image, RandomGenerator random) {
    return vertical(horizontal(image));
  }

  private Image horizontal(Image image) {
    Shape from = image.shape();
    if (from.width() == width) {
      return image;
    }
    ResizeKernel kernel = ResizeKernel.of(from.width(), width, interpolation);
    Shape to = new Shape(from.channels(), from.height(), width);
    byte[] pixels = new byte[Math.toIntExact(to.size())];
    for (int row = 0; row < from.channels() * from.height(); row++) {
      kernel.row(image.pixels(), row * from.width(), pixels, row * width);
    }
    return new Image(to, pixels);
  }

  private Image vertical(Image image) {
    Shape from = image.shape();
    if (from.height() == height) {
      return image;
    }
    ResizeKernel kernel = ResizeKernel.of(from.height(), height, interpolation);
    Shape to = new Shape(from.channels(), height, width);
    byte[] pixels = new byte[Math.toIntExact(to.size())];
    for (int row = 0; row < from.channels() * height; row++) {
      int plane = row / height * from.height() * width;
      kernel.rows(row % height, image.pixels(), plane, width, pixels, row * width);
    }
    return new Image(to, pixels);
  }
}
