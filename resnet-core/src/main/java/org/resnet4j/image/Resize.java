package org.resnet4j.image;

import org.resnet4j.arch.Shape;

/**
 * A resize to one size whatever the image's sides, antialiased where it shrinks. The result equals,
 * byte for byte, Pillow's {@code Image.resize((width, height), …)} and so torchvision's {@code
 * Resize} of a PIL image.
 */
public record Resize(int height, int width, Interpolation interpolation) {
  /** The largest side of a resized image and of a network's input. */
  static final int MOST_SIDE = 1 << 13;

  private static final int MOST_BYTES = 1 << 30;

  public Resize {
    if (height < 1 || width < 1 || height > MOST_SIDE || width > MOST_SIDE) {
      throw new IllegalArgumentException(
          "resize: expected sides of 1 to "
              + MOST_SIDE
              + " pixels but was "
              + height
              + "x"
              + width);
    }
  }

  /** Creates a bilinear resize. */
  public Resize(int height, int width) {
    this(height, width, Interpolation.BILINEAR);
  }

  /** Returns the resized image, or {@code image} itself if it has the size already. */
  public Image apply(Image image) {
    Shape from = image.shape();
    return from.height() == height && from.width() == width
        ? image
        : part(image, height, width, interpolation, new Part(0, 0, height, width));
  }

  /** The rows and columns of a resized image to compute. */
  record Part(int top, int left, int rows, int columns) {}

  /**
   * Returns a part of an image that is resized to {@code height} × {@code width}; the rest is not
   * computed.
   */
  static Image part(Image image, int height, int width, Interpolation interpolation, Part part) {
    Shape from = image.shape();
    int rows = part.rows;
    int columns = part.columns;
    ResizeKernel across = ResizeKernel.of(from.width(), width, part.left, columns, interpolation);
    ResizeKernel down = ResizeKernel.of(from.height(), height, part.top, rows, interpolation);
    int first = down.begin();
    byte[] wide = new byte[bytes((long) (down.end() - first) * columns)];
    byte[] pixels = new byte[bytes((long) from.channels() * rows * columns)];
    for (int channel = 0; channel < from.channels(); channel++) {
      for (int y = first; y < down.end(); y++) {
        int at = (channel * from.height() + y) * from.width();
        across.row(image.pixels(), at, wide, (y - first) * columns);
      }
      for (int y = 0; y < rows; y++) {
        down.rows(y, wide, -first * columns, columns, pixels, (channel * rows + y) * columns);
      }
    }
    return new Image(new Shape(from.channels(), rows, columns), pixels);
  }

  private static int bytes(long count) {
    if (count > MOST_BYTES) {
      throw new IllegalArgumentException(
          "resize: expected at most "
              + MOST_BYTES
              + " bytes between width and height but it takes "
              + count
              + "; crop the image first");
    }
    return (int) count;
  }
}
