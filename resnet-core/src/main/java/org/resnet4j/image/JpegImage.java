package org.resnet4j.image;

import java.awt.Rectangle;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.IOException;
import javax.imageio.ImageReadParam;
import org.resnet4j.arch.Shape;

/**
 * A JPEG file. Java's libjpeg decodes its components; this class converts them to RGB
 * (docs/adr/0017).
 *
 * @param length number of bytes in use
 * @param scans number of scans
 * @param most largest number of pixels to decode at full scale; up to four times that number are
 *     decoded at half scale
 */
record JpegImage(
    String where,
    byte[] bytes,
    int length,
    JpegFrame frame,
    JpegColours colours,
    int scans,
    Orientation orientation,
    int most)
    implements EncodedImage {

  JpegImage(
      String where,
      byte[] bytes,
      int length,
      JpegFrame frame,
      JpegColours colours,
      int scans,
      Orientation orientation) {
    this(where, bytes, length, frame, colours, scans, orientation, MOST_PIXELS);
  }

  @Override
  public int width() {
    return frame.width();
  }

  @Override
  public int height() {
    return frame.height();
  }

  private long pixels() {
    return (long) width() * height();
  }

  @Override
  public long memory() {
    int components = frame.components();
    if (pixels() > most) {
      return (long) most / 2 * components + 3 * pixels() / 4;
    }
    // libjpeg keeps the 16-bit coefficients of files with several scans
    long coefficients = scans == 1 ? 0 : 2L * components;
    return pixels() * (components + 3 + coefficients);
  }

  @Override
  public Image decode() throws IOException {
    if (pixels() <= most) {
      Image image = empty(width(), height());
      Raster raster = raster(0, height());
      for (int y = 0; y < height(); y++) {
        convert(raster, y, image.pixels(), y * width(), width() * height());
      }
      return image;
    }
    if (pixels() > 4L * most || scans > 1) {
      throw DataFormatException.ofImage(
          where,
          "expected at most "
              + most
              + " pixels, or four times as many in a single scan, but it has "
              + EncodedImage.size(this)
              + " in "
              + scans);
    }
    return halved();
  }

  private static Image empty(int width, int height) {
    return new Image(new Shape(3, height, width), new byte[3 * width * height]);
  }

  /** Returns the number of rows before a strip that interpolation of its first rows needs. */
  private static int before(int top) {
    return Math.min(2, top);
  }

  /**
   * Returns the components of {@code rows} rows from {@code top} on. Up to {@link #before} rows
   * before them and two rows after them are included where they exist.
   */
  private Raster raster(int top, int rows) throws IOException {
    int from = top - before(top);
    int to = Math.min(height(), top + rows + 2);
    Raster raster =
        EncodedBytes.decoded(
            where,
            ImageFormat.JPEG,
            bytes,
            length,
            reader -> {
              ImageReadParam part = reader.getDefaultReadParam();
              part.setSourceRegion(new Rectangle(0, from, width(), to - from));
              return reader.readRaster(0, part);
            });
    for (int i = 0; i < frame.components(); i++) {
      if (frame.halfTheRows(i)) {
        JpegRows.interpolate(raster, i);
      }
    }
    return raster;
  }

  private void convert(Raster raster, int y, byte[] pixels, int at, int plane) {
    byte[] samples = ((DataBufferByte) raster.getDataBuffer()).getData();
    colours.convert(samples, y * width() * frame.components(), width(), pixels, at, plane);
  }

  /** Returns the means of two by two pixels, as Pillow's {@code Image.reduce(2)}. */
  private Image halved() throws IOException {
    Image image = empty((width() + 1) / 2, (height() + 1) / 2);
    byte[] pair = new byte[2 * 3 * width()];
    int rows = Math.max(2, most / 2 / width() & -2); // of a strip
    for (int top = 0; top < height(); top += rows) {
      Raster strip = raster(top, rows);
      for (int y = 0; y < rows && top + y < height(); y += 2) {
        int first = before(top) + y;
        int second = Math.min(first + 1, strip.getHeight() - 1); // the last row counts twice
        convert(strip, first, pair, 0, 2 * width());
        convert(strip, second, pair, width(), 2 * width());
        mean(pair, image, (top + y) / 2);
      }
    }
    return image;
  }

  private void mean(byte[] pair, Image image, int row) {
    int half = image.shape().width();
    for (int c = 0; c < 3; c++) {
      int upper = 2 * c * width();
      int lower = upper + width();
      int to = (c * image.shape().height() + row) * half;
      for (int x = 0; x < half; x++) {
        int left = 2 * x;
        int right = Math.min(left + 1, width() - 1);
        int sum =
            (pair[upper + left] & 0xff)
                + (pair[upper + right] & 0xff)
                + (pair[lower + left] & 0xff)
                + (pair[lower + right] & 0xff);
        image.pixels()[to + x] = (byte) ((sum + 2) >> 2);
      }
    }
  }
}
