package org.resnet4j.image;

import java.awt.image.BufferedImage;
import java.awt.image.ComponentSampleModel;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import org.resnet4j.arch.Shape;

/** Converts decoded pixels to red, green and blue, taken as they are stored. */
final class Rgb {
  private Rgb() {}

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
          && raster.getDataBuffer() instanceof DataBufferByte bytes) {
        copyBytes(bytes.getData(), model, band, table, pixels, channel * plane);
      } else {
        copy(raster, band, table, pixels, channel * plane);
      }
    }
    return new Image(new Shape(3, raster.getHeight(), raster.getWidth()), pixels);
  }

  /**
   * Returns the byte for every stored value of at most 8 bits; empty for larger values, which are
   * shifted.
   */
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

  private static void copy(Raster raster, int band, byte[] table, byte[] pixels, int to) {
    int width = raster.getWidth();
    int shift = Math.max(0, raster.getSampleModel().getSampleSize(band) - 8);
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
