package org.resnet4j.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentSampleModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.SinglePixelPackedSampleModel;
import java.awt.image.WritableRaster;
import org.resnet4j.arch.Shape;

/** Converts decoded pixels to red, green and blue, taken as they are stored. */
final class Rgb {
  private static final int MOST_BYTES = Integer.MAX_VALUE - 8;

  private Rgb() {}

  /** Returns the pixels of an image that another program may have made. */
  static Image ofMemory(BufferedImage decoded) {
    Raster raster = decoded.getRaster();
    int type = raster.getSampleModel().getDataType();
    boolean packed = raster.getSampleModel() instanceof SinglePixelPackedSampleModel;
    if (type != DataBuffer.TYPE_BYTE
        && type != DataBuffer.TYPE_USHORT
        && !(packed && type == DataBuffer.TYPE_INT)) {
      throw new IllegalArgumentException(
          "expected an image of bytes or unsigned 16-bit numbers but its samples have the data type %s of DataBuffer; convert it to BufferedImage.TYPE_INT_RGB"
              .formatted(type));
    }
    if (3L * raster.getWidth() * raster.getHeight() > MOST_BYTES) {
      throw new IllegalArgumentException(
          "expected an image of at most %s pixels but it has %sx%s"
              .formatted(MOST_BYTES / 3, raster.getWidth(), raster.getHeight()));
    }
    ColorModel colours = decoded.getColorModel();
    if (colours.hasAlpha() && colours.isAlphaPremultiplied()) {
      WritableRaster copy = decoded.copyData(null);
      return of(new BufferedImage(colours.coerceData(copy, false), copy, false, null));
    }
    return switch (colours.getColorSpace().getType()) {
      case ColorSpace.TYPE_RGB, ColorSpace.TYPE_GRAY -> of(decoded);
      case ColorSpace.TYPE_CMYK -> ofCmyk(decoded);
      default ->
          throw new IllegalArgumentException(
              "expected an image in gray, RGB or CMYK but its colour space has the type %s; convert it to BufferedImage.TYPE_INT_RGB"
                  .formatted(colours.getColorSpace().getType()));
    };
  }

  /** Converts CMYK, with 255 for full ink, as Pillow does. */
  private static Image ofCmyk(BufferedImage decoded) {
    Raster raster = decoded.getRaster();
    int width = raster.getWidth();
    int plane = width * raster.getHeight();
    byte[] pixels = new byte[3 * plane];
    byte[] inverted = new byte[4 * width];
    int[] samples = new int[width];
    for (int y = 0; y < raster.getHeight(); y++) {
      for (int band = 0; band < 4; band++) {
        int shift = bits(decoded, band) - 8;
        raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, band, samples);
        for (int x = 0; x < width; x++) {
          inverted[4 * x + band] = (byte) (255 - (samples[x] >> Math.max(0, shift)));
        }
      }
      JpegColours.CMYK.convert(inverted, 0, width, pixels, y * width, plane);
    }
    return new Image(new Shape(3, raster.getHeight(), width), pixels);
  }

  /** Returns the pixels without alpha; gray is repeated. */
  static Image of(BufferedImage decoded) {
    Raster raster = decoded.getRaster();
    int plane = raster.getWidth() * raster.getHeight();
    byte[] pixels = new byte[3 * plane];
    for (int channel = 0; channel < 3; channel++) {
      int band = raster.getNumBands() < 3 ? 0 : channel;
      byte[] table = table(decoded, band, channel);
      if (table.length == 256
          && raster.getSampleModel() instanceof ComponentSampleModel model
          && raster.getParent() == null
          && model.getHeight() == raster.getHeight()
          && raster.getDataBuffer() instanceof DataBufferByte bytes) {
        copyBytes(
            bytes.getData(model.getBankIndices()[band]),
            model,
            band,
            table,
            pixels,
            channel * plane);
      } else {
        copy(raster, band, bits(decoded, band) - 8, table, pixels, channel * plane);
      }
    }
    return new Image(new Shape(3, raster.getHeight(), raster.getWidth()), pixels);
  }

  /** Returns the number of bits of an index or of a sample. */
  private static int bits(BufferedImage decoded, int band) {
    return decoded.getColorModel() instanceof IndexColorModel
        ? decoded.getSampleModel().getSampleSize(band)
        : decoded.getColorModel().getComponentSize(band);
  }

  /**
   * Returns the byte for every index, or for every stored value of at most 8 bits; empty for larger
   * values, which are shifted.
   */
  private static byte[] table(BufferedImage decoded, int band, int channel) {
    int bits = bits(decoded, band);
    boolean indexed = decoded.getColorModel() instanceof IndexColorModel;
    byte[] table = new byte[bits > 8 && !indexed ? 0 : 1 << bits];
    for (int value = 0; value < table.length; value++) {
      table[value] =
          decoded.getColorModel() instanceof IndexColorModel palette
              ? (byte)
                  (value < palette.getMapSize() ? palette.getRGB(value) >> (16 - 8 * channel) : 0)
              : (byte) (value * 255 / (table.length - 1));
    }
    return table;
  }

  private static void copyBytes(
      byte[] samples, ComponentSampleModel model, int band, byte[] table, byte[] pixels, int to) {
    int out = to;
    for (int y = 0; y < model.getHeight(); y++) {
      int at = y * model.getScanlineStride() + model.getBandOffsets()[band];
      for (int x = 0; x < model.getWidth(); x++, at += model.getPixelStride()) {
        pixels[out++] = table[samples[at] & 0xff];
      }
    }
  }

  private static void copy(
      Raster raster, int band, int shift, byte[] table, byte[] pixels, int to) {
    int width = raster.getWidth();
    int[] row = new int[width];
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, band, row);
      int at = to + y * width;
      for (int x = 0; x < width; x++) {
        pixels[at + x] = table.length == 0 ? (byte) (row[x] >> shift) : table[row[x]];
      }
    }
  }
}
