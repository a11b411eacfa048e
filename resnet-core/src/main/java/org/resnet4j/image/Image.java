package org.resnet4j.image;

import org.resnet4j.arch.Shape;

/**
 * An image of unsigned bytes.
 *
 * @param shape channels × height × width; 3 channels are red, green, blue
 * @param pixels {@code [C, H, W]}, row by row, 0 to 255; not copied
 */
public record Image(Shape shape, byte[] pixels) {
  public Image {
    if (pixels.length != shape.size()) {
      throw new IllegalArgumentException(
          "image %s: expected %s bytes but was %s".formatted(shape, shape.size(), pixels.length));
    }
  }
}
