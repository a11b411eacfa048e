package org.resnet4j.image;

import java.awt.image.BufferedImage;
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

  /**
   * Returns the pixels of an image in memory with 3 channels, as they would be read from a file of
   * the same samples: alpha and colour profiles are dropped, 16-bit samples lose their low byte,
   * gray is repeated.
   *
   * @throws IllegalArgumentException when the samples are no bytes or 16-bit numbers, or not gray,
   *     RGB, CMYK or a palette
   */
  public static Image of(BufferedImage decoded) {
    return Rgb.ofMemory(decoded);
  }
}
