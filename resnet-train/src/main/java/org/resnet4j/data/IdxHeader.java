package org.resnet4j.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.DataFormatException;

/**
 * The start of an IDX image file: four big-endian numbers, all checked.
 *
 * @param count number of images
 */
record IdxHeader(int count, int rows, int columns) {
  static final int IMAGE_BYTES = 16;
  static final int LABEL_BYTES = 8;

  private static final int IMAGE_MAGIC = 0x803;
  private static final int LABEL_MAGIC = 0x801;
  private static final int MOST_ON_A_SIDE = 1 << 13;

  static IdxHeader ofImages(StoredBytes images) throws IOException {
    int there = (int) Math.min(IMAGE_BYTES, images.channel().size());
    return ofImages(images.where(), images.read(0, there));
  }

  static IdxHeader ofImages(String where, byte[] head) throws DataFormatException {
    ByteBuffer numbers = checked(where, head, IMAGE_BYTES, IMAGE_MAGIC, "images");
    return new IdxHeader(
        within(where, numbers, 4, "images", Integer.MAX_VALUE),
        within(where, numbers, 8, "rows", MOST_ON_A_SIDE),
        within(where, numbers, 12, "columns", MOST_ON_A_SIDE));
  }

  static int labelCount(String where, byte[] head) throws DataFormatException {
    ByteBuffer numbers = checked(where, head, LABEL_BYTES, LABEL_MAGIC, "labels");
    return within(where, numbers, 4, "labels", Integer.MAX_VALUE);
  }

  Shape shape() {
    return new Shape(1, rows, columns);
  }

  int imageLength() {
    return rows * columns;
  }

  /** Returns the number of bytes after the header; the limits on its numbers exclude overflow. */
  long bodyLength() {
    return (long) count * imageLength();
  }

  private static ByteBuffer checked(
      String where, byte[] head, int length, int magic, String content) throws DataFormatException {
    if (head.length < length) {
      throw DataFormatException.at(
          where,
          head.length,
          "expected a header of %s bytes but the file ends here".formatted(length),
          StoredBytes.REFETCH);
    }
    ByteBuffer numbers = ByteBuffer.wrap(head);
    int actual = numbers.getInt(0);
    if (actual != magic) {
      throw DataFormatException.at(
          where,
          0,
          String.format(
              Locale.ROOT,
              "expected IDX %s, which start with %08x, but was %08x",
              content,
              magic,
              actual),
          "give the image file first and the label file second");
    }
    return numbers;
  }

  private static int within(String where, ByteBuffer numbers, int offset, String things, int most)
      throws DataFormatException {
    int actual = numbers.getInt(offset);
    if (actual < 1 || actual > most) {
      throw DataFormatException.at(
          where,
          offset,
          "expected 1 to %s %s but was %s".formatted(most, things, actual),
          StoredBytes.REFETCH);
    }
    return actual;
  }
}
