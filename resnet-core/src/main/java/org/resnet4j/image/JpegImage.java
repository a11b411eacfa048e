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

  /** Returns the image reduced by 2; only a strip of it is decoded at a time. */
  private Image halved() throws IOException {
    Image image = empty((width() + 1) / 2, (height() + 1) / 2);
    int rows = Math.max(2, most / 2 / width() & -2); // of a strip
    for (int top = 0; top < height(); top += rows) {
      Raster strip = raster(top, rows);
      for (int y = 0; y < rows && top + y < height(); y += 2) {
        int pair = Math.min(2, height() - top - y); // the last row may be alone
        Image wide = empty(width(), pair);
        for (int row = 0; row < pair; row++) {
          convert(strip, before(top) + y + row, wide.pixels(), row * width(), pair * width());
        }
        put(Reduction.reduced(wide, 2), image, (top + y) / 2);
      }
    }
    return image;
  }

  /** Copies an image of one row. */
  private static void put(Image from, Image to, int row) {
    int width = to.shape().width();
    for (int c = 0; c < 3; c++) {
      int at = (c * to.shape().height() + row) * width;
      System.arraycopy(from.pixels(), c * width, to.pixels(), at, width);
    }
  }
}
