package org.resnet4j.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.CRC32;

/** Check sums and orientation of a PNG file, which Java's decoder does not look at. */
final class PngChunks {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  private PngChunks() {}

  /**
   * Refuses a PNG file whose pixels, palette or header are damaged or missing; says how one that is
   * whole is to be turned.
   */
  static Orientation check(String where, byte[] bytes) throws DataFormatException {
    if (bytes.length < 8 || !Arrays.equals(bytes, 0, 8, SIGNATURE, 0, 8)) {
      return Orientation.UPRIGHT;
    }
    Orientation orientation = Orientation.UPRIGHT;
    ByteBuffer chunks = ByteBuffer.wrap(bytes);
    String name = "";
    for (int at = 8; !name.equals("IEND"); ) {
      int length = bytes.length - at < 12 ? -1 : chunks.getInt(at);
      if (length < 0 || length > bytes.length - at - 12) {
        throw DataFormatException.at(
            where, bytes.length, "expected more PNG chunks but the file ends here", REMEDY);
      }
      name = new String(bytes, at + 4, 4, StandardCharsets.ISO_8859_1);
      requireSound(where, bytes, at, length, name);
      if (name.equals("eXIf")) {
        orientation = Orientation.ofTiff(bytes, at + 8, at + 8 + length);
      }
      at += length + 12;
    }
    return orientation;
  }

  private static void requireSound(String where, byte[] bytes, int at, int length, String name)
      throws DataFormatException {
    CRC32 crc = new CRC32();
    crc.update(bytes, at + 4, length + 4);
    int actual = ByteBuffer.wrap(bytes).getInt(at + 8 + length);
    if (Character.isUpperCase(name.charAt(0)) && (int) crc.getValue() != actual) {
      throw DataFormatException.at(
          where,
          at,
          String.format(
              Locale.ROOT,
              "expected chunk %s with check sum %08x but was %08x",
              name,
              (int) crc.getValue(),
              actual),
          REMEDY);
    }
  }

  private static final String REMEDY = "save it again as JPEG or PNG, or remove it";
}
