package org.resnet4j.image;

import java.util.Arrays;
import org.resnet4j.arch.Shape;

/** The means of squares of pixels, equal to Pillow's {@code Image.reduce(factor)}. */
final class Reduction {
  /** Bits of Pillow's reciprocals ({@code Reduce.c}). */
  private static final int BITS = 24;

  private Reduction() {}

  /**
   * Returns the image in which every pixel is the mean of {@code factor} × {@code factor}, or of
   * what there is of them at the right and lower edges.
   *
   * @param factor 1 or more; 1 returns the image itself
   */
  static Image reduced(Image image, int factor) {
    if (factor == 1) {
      return image;
    }
    Shape from = image.shape();
    int rows = (from.height() + factor - 1) / factor;
    int columns = (from.width() + factor - 1) / factor;
    Image reduced =
        new Image(
            new Shape(from.channels(), rows, columns), new byte[from.channels() * rows * columns]);
    int[] sums = new int[columns];
    for (int channel = 0; channel < from.channels(); channel++) {
      for (int row = 0; row < rows; row++) {
        int top = row * factor;
        int height = Math.min(factor, from.height() - top);
        Arrays.fill(sums, 0);
        for (int y = 0; y < height; y++) {
          add(image, (channel * from.height() + top + y) * from.width(), factor, sums);
        }
        int last = columns - 1;
        int at = (channel * rows + row) * columns;
        means(sums, 0, last, height * factor, reduced.pixels(), at);
        means(sums, last, columns, height * (from.width() - last * factor), reduced.pixels(), at);
      }
    }
    return reduced;
  }

  /** Adds the pixels of one row, which starts at {@code at}, to the sums of its squares. */
  private static void add(Image image, int at, int factor, int[] sums) {
    int width = image.shape().width();
    for (int column = 0; column < sums.length; column++) {
      int end = Math.min(width, (column + 1) * factor);
      int sum = 0;
      for (int x = column * factor; x < end; x++) {
        sum += image.pixels()[at + x] & 0xff;
      }
      sums[column] += sum;
    }
  }

  /**
   * Writes the means of columns, each of {@code count} pixels, as Pillow rounds them: by a
   * reciprocal that is rounded down.
   */
  private static void means(int[] sums, int from, int to, int count, byte[] pixels, int at) {
    long reciprocal = (1L << BITS) / count;
    int half = count / 2;
    for (int i = from; i < to; i++) {
      pixels[at + i] = (byte) (((sums[i] + half) * reciprocal) >> BITS);
    }
  }
}
