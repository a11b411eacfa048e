package org.resnet4j.weightfile.zip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Set;
import org.resnet4j.tensors.FileBytes;
import org.resnet4j.tensors.FileTensors;

/**
 * The start of a file, by which its format is recognised.
 *
 * @param bytes the first {@link #MOST} bytes, or the entire file if it is shorter
 * @param zipEntries names of entries, unchecked, in the order of the zip's directory; empty when it
 *     is no zip or has no directory
 */
public record FirstBytes(byte[] bytes, long fileSize, Set<String> zipEntries) {
  /** The number of bytes that are read; a tar's magic number is at byte 257. */
  static final int MOST = 512;

  public static final String ZIP = "PK\3\4";

  public static FirstBytes of(Path path) throws IOException {
    try (FileBytes file = FileBytes.open(path)) {
      ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(MOST, file.size()));
      file.read(0, bytes);
      FirstBytes first = new FirstBytes(bytes.array(), file.size(), Set.of());
      if (!first.startsWith(ZIP)) {
        return first;
      }
      Set<String> names = ZipDirectory.names(FileTensors.MOST, file);
      return new FirstBytes(bytes.array(), file.size(), names);
    }
  }

  /** Returns whether the file begins with these characters, one per byte. */
  public boolean startsWith(String text) {
    return has(0, text);
  }

  public boolean has(int offset, String text) {
    return offset + text.length() <= bytes.length
        && new String(bytes, offset, text.length(), ISO_8859_1).equals(text);
  }

  /** Returns the first eight bytes as a little-endian number; -1 when there are fewer. */
  public long firstLong() {
    return bytes.length < Long.BYTES
        ? -1
        : ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  /** Returns the first byte other than JSON's white space; 0 when there is none. */
  public char firstCharacter() {
    for (byte next : bytes) {
      if (" \t\r\n".indexOf(next) < 0) {
        return (char) (next & 0xff);
      }
    }
    return 0;
  }

  public boolean anyEntryEndsWith(String suffix) {
    return zipEntries.stream().anyMatch(name -> name.endsWith(suffix));
  }
}
