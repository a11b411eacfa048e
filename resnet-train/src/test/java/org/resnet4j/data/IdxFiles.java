package org.resnet4j.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPOutputStream;

/** The bytes of valid and malformed IDX files. */
final class IdxFiles {
  private IdxFiles() {}

  /** Returns a header of {@code count} images, then {@code body} bytes 0, 1, 2, … */
  static byte[] images(int count, int rows, int columns, int body) {
    ByteBuffer bytes = ByteBuffer.allocate(16 + body);
    bytes.putInt(0x803).putInt(count).putInt(rows).putInt(columns);
    for (int i = 0; i < body; i++) {
      bytes.put((byte) i);
    }
    return bytes.array();
  }

  static byte[] labels(int count, int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(8 + values.length);
    bytes.putInt(0x801).putInt(count);
    for (int value : values) {
      bytes.put((byte) value);
    }
    return bytes.array();
  }

  static byte[] gzipped(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
