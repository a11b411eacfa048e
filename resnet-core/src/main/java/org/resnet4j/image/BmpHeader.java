package org.resnet4j.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A BMP file with RGB values, a palette or run lengths. An embedded JPEG or PNG is refused before
 * Java's decoder opens it.
 *
 * @param bits bits per pixel
 */
record BmpHeader(String where, byte[] bytes, int width, int height, int bits)
    implements EncodedImage {
  private static final int OS2 = 12;
  private static final int WINDOWS = 40;
  private static final int FIELDS = 3;

  static BmpHeader of(String where, byte[] bytes) throws DataFormatException {
    ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int size = bytes.length < 18 ? 0 : header.getInt(14);
    if (size < OS2 || bytes.length - 14 < size) {
      throw DataFormatException.at(
          where,
          bytes.length,
          "expected more of the BMP header but the file ends here",
          DataFormatException.IMAGE_REMEDY);
    }
    if (size == OS2) {
      return new BmpHeader(
          where,
          bytes,
          Short.toUnsignedInt(header.getShort(18)),
          Short.toUnsignedInt(header.getShort(20)),
          header.getShort(24));
    }
    if (size < WINDOWS) {
      throw DataFormatException.ofImage(
          where, "expected a BMP header of 12 or at least 40 bytes but it has " + size);
    }
    int compression = header.getInt(30);
    if (compression < 0 || compression > FIELDS) {
      throw DataFormatException.ofImage(
          where, "expected a BMP without a file in it but it has compression " + compression);
    }
    if (compression == FIELDS) {
      requireKnownFields(where, header);
    } else if (compression != 0) {
      BmpRuns.requireWhole(where, header, compression == 2);
    }
    return new BmpHeader(
        where, bytes, header.getInt(18), Math.abs(header.getInt(22)), header.getShort(28));
  }

  /** Refuses colour masks that are not whole bytes, nor five or six bits in 16. */
  private static void requireKnownFields(String where, ByteBuffer header)
      throws DataFormatException {
    boolean known = header.limit() >= 66;
    if (known && header.getShort(28) == 16) {
      int red = header.getInt(54);
      known =
          ((red == 0xf800 && header.getInt(58) == 0x7e0)
                  || (red == 0x7c00 && header.getInt(58) == 0x3e0))
              && header.getInt(62) == 0x1f;
    }
    for (int at = 54; at < 66 && known && header.getShort(28) != 16; at += 4) {
      int mask = header.getInt(at);
      known = mask == 0xff || mask == 0xff00 || mask == 0xff0000 || mask == 0xff000000;
    }
    if (!known) {
      throw DataFormatException.ofImage(
          where, "expected BMP colour masks of one byte each, or of 5 or 6 bits in 16");
    }
  }

  @Override
  public long memory() {
    return (long) width * height * (3 + 4);
  }

  @Override
  public Image decode() throws IOException {
    EncodedImage.requireWholeScale(where, this);
    return EncodedBytes.decoded(
        where, ImageFormat.BMP, bytes, bytes.length, reader -> Rgb.of(reader.read(0)));
  }
}
