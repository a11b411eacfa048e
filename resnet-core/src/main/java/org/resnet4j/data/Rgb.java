package org.resnet4j.data;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import org.resnet4j.arch.Shape;

/** Red, green and blue of decoded pixels, taken as they are stored. */
final class Rgb {
  private Rgb() {}

  /** Without alpha; gray is repeated. */
  static Image of(BufferedImage decoded) {
    Raster raster = decoded.getRaster();
    byte[] pixels = new byte[3 * raster.getWidth() * raster.getHeight()];
    for (int channel = 0; channel < 3; channel++) {
      int band = raster.getNumBands() < 3 ? 0 : channel;
      copy(raster, band, table(decoded, band, channel), pixels, channel);
    }
    return image(raster, pixels);
  }

  /**
   * Inverted CMYK as Adobe writes it, with Pillow's rounding; {@code ycck} as libjpeg converts it.
   */
  static Image ofCmyk(Raster raster, boolean ycck) {
    int plane = raster.getWidth() * raster.getHeight();
    byte[] pixels = new byte[3 * plane];
    int[] row = new int[4 * raster.getWidth()];
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, raster.getWidth(), 1, row);
      for (int x = 0; x < raster.getWidth(); x++) {
        int[] ink = inks(row, 4 * x, ycck);
        for (int c = 0; c < 3; c++) {
          pixels[c * plane + y * raster.getWidth() + x] = (byte) light(ink[c], row[4 * x + 3]);
        }
      }
    }
    return image(raster, pixels);
  }

  /** {@code cmyk2rgb} of Pillow's {@code Convert.c}. */
  private static int light(int ink, int withoutBlack) {
    int product = ink * withoutBlack + 128;
    return Math.max(0, withoutBlack - (((product >> 8) + product) >> 8));
  }

  /** Cyan, magenta and yellow of one pixel; {@code ycck_cmyk_convert} of libjpeg's jdcolor.c. */
  private static int[] inks(int[] row, int at, boolean ycck) {
    if (!ycck) {
      return new int[] {255 - row[at], 255 - row[at + 1], 255 - row[at + 2]};
    }
    int y = row[at];
    int blue = row[at + 1] - 128;
    int red = row[at + 2] - 128;
    return new int[] {
      clipped(y + ((91881 * red + 32768) >> 16)),
      clipped(y + ((-22554 * blue - 46802 * red + 32768) >> 16)),
      clipped(y + ((116130 * blue + 32768) >> 16))
    };
  }

  private static int clipped(int value) {
    return Math.max(0, Math.min(255, value));
  }

  /** Byte for every stored value of a band that has few, or nothing where a shift does it. */
  private static byte[] table(BufferedImage decoded, int band, int channel) {
    int bits = decoded.getSampleModel().getSampleSize(band);
    byte[] table = new byte[bits > 8 ? 0 : 1 << bits];
    for (int value = 0; value < table.length; value++) {
      table[value] =
          decoded.getColorModel() instanceof IndexColorModel palette
              ? (byte)
                  (value < palette.getMapSize() ? palette.getRGB(value) >> (16 - 8 * channel) : 0)
              : (byte) (value * 255 / (table.length - 1));
    }
    return table;
  }

  private static void copy(Raster raster, int band, byte[] table, byte[] pixels, int channel) {
    int width = raster.getWidth();
    int shift = Math.max(0, raster.getSampleModel().getSampleSize(band) - 8);
    int[] row = new int[width];
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, band, row);
      int at = (channel * raster.getHeight() + y) * width;
      for (int x = 0; x < width; x++) {
        pixels[at + x] = table.length == 0 ? (byte) (row[x] >> shift) : table[row[x]];
      }
    }
  }

  private static Image image(Raster raster, byte[] pixels) {
    return new Image(new Shape(3, raster.getHeight(), raster.getWidth()), pixels);
  }
}
