package org.resnet4j.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * A PNG file. Check sums and orientation are read here; Java's decoder gets only the chunks that
 * affect colours, so that no text or profile is decompressed.
 *
 * @param length number of bytes in use
 * @param sampleBytes bytes per decoded pixel
 */
record PngChunks(
    String where,
    byte[] bytes,
    int length,
    int width,
    int height,
    int sampleBytes,
    Orientation orientation)
    implements EncodedImage {
  private static final int SIGNATURE = 8;
  private static final int HEADER = 13;

  /** The bytes of a chunk's length, name and check sum. */
  private static final int AROUND = 12;

  private static final Set<String> KEPT = Set.of("IHDR", "PLTE", "IDAT", "IEND");

  /**
   * Refuses a PNG file whose pixels, palette or header are damaged or missing. Moves the kept
   * chunks to the front of {@code bytes}.
   */
  static PngChunks of(String where, byte[] bytes) throws DataFormatException {
    PngOrientation texts = new PngOrientation();
    ByteBuffer chunks = ByteBuffer.wrap(bytes);
    int kept = SIGNATURE;
    String name = "";
    for (int at = SIGNATURE; !name.equals("IEND"); ) {
      int length = bytes.length - at < AROUND ? -1 : chunks.getInt(at);
      if (length < 0 || length > bytes.length - at - AROUND) {
        throw DataFormatException.at(
            where,
            bytes.length,
            "expected more PNG chunks but the file ends here",
            DataFormatException.IMAGE_REMEDY);
      }
      name = new String(bytes, at + 4, 4, StandardCharsets.ISO_8859_1);
      requireSound(where, bytes, at, length, name);
      texts.add(name, bytes, at + 8, at + 8 + length);
      if (KEPT.contains(name)) {
        System.arraycopy(bytes, at, bytes, kept, length + AROUND);
        kept += length + AROUND;
      }
      at += length + AROUND;
    }
    return of(where, bytes, kept, texts.orientation());
  }

  private static PngChunks of(String where, byte[] bytes, int kept, Orientation orientation)
      throws DataFormatException {
    ByteBuffer chunks = ByteBuffer.wrap(bytes);
    int header = SIGNATURE + 8;
    if (chunks.getInt(SIGNATURE) != HEADER || chunks.getInt(SIGNATURE + 4) != 0x49484452) {
      throw DataFormatException.ofImage(where, "expected a PNG header as the first chunk");
    }
    int samples =
        switch (bytes[header + 9]) {
          case 2 -> 3;
          case 4 -> 2;
          case 6 -> 4;
          default -> 1;
        };
    return new PngChunks(
        where,
        bytes,
        kept,
        chunks.getInt(header),
        chunks.getInt(header + 4),
        samples * (bytes[header + 8] == 16 ? 2 : 1),
        orientation);
  }

  private static void requireSound(String where, byte[] bytes, int at, int length, String name)
      throws DataFormatException {
    if (!Character.isUpperCase(name.charAt(0))) {
      return;
    }
    CRC32 crc = new CRC32();
    crc.update(bytes, at + 4, length + 4);
    int actual = ByteBuffer.wrap(bytes).getInt(at + 8 + length);
    if ((int) crc.getValue() != actual) {
      throw DataFormatException.at(
          where,
          at,
          "expected chunk "
              + name
              + " with check sum "
              + hex((int) crc.getValue())
              + " but was "
              + hex(actual),
          DataFormatException.IMAGE_REMEDY);
    }
  }

  private static String hex(int value) {
    return HexFormat.of().toHexDigits(value);
  }

  @Override
  public long memory() {
    return (long) width * height * (3 + sampleBytes);
  }

  @Override
  public Image decode() throws IOException {
    EncodedImage.requireWholeScale(where, this);
    return EncodedBytes.decoded(
        where, ImageFormat.PNG, bytes, length, reader -> Rgb.of(reader.read(0)));
  }
}
