package org.resnet4j.weightfile.zip;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashSet;
import java.util.Set;
import org.resnet4j.tensors.ContentStream;
import org.resnet4j.tensors.FileBytes;
import org.resnet4j.tensors.WeightFileException;

/**
 * Reads the names in the central directory of a zip, header by header. {@code ZipFile} keeps an
 * object for every entry and reads each local header, so the entries are counted before it opens
 * the zip, and it does not open one to recognise a format.
 */
final class ZipDirectory {
  private static final int END_SIGNATURE = 0x06054b50;
  private static final int END_BYTES = 22;
  private static final int MOST_COMMENT_BYTES = 0xffff;
  private static final int END64_SIGNATURE = 0x06064b50;
  private static final int END64_BYTES = 56;
  private static final int LOCATOR_SIGNATURE = 0x07064b50;
  private static final int LOCATOR_BYTES = 20;
  private static final int HEADER_SIGNATURE = 0x02014b50;
  private static final int HEADER_BYTES = 46;

  private ZipDirectory() {}

  /** Refuses a zip of more than {@code most} entries, as {@link #names} does. */
  static void requireAtMost(int most, FileBytes file) throws IOException {
    names(most, file);
  }

  /**
   * Returns the names of the entries, in the order of the directory and unchecked. There are none
   * in a zip without a directory, and those before the damage in one that is damaged: the reader of
   * its entries refuses both.
   *
   * @throws WeightFileException when there are more than {@code most}
   */
  static Set<String> names(int most, FileBytes file) throws IOException {
    long end = end(file);
    if (end < 0) {
      return Set.of();
    }
    ByteBuffer last = read(file, end, END_BYTES);
    long size = Integer.toUnsignedLong(last.getInt(12));
    long offset = Integer.toUnsignedLong(last.getInt(16));
    if (end >= LOCATOR_BYTES) {
      ByteBuffer locator = read(file, end - LOCATOR_BYTES, LOCATOR_BYTES);
      long end64 = locator.getLong(8);
      if (locator.getInt(0) == LOCATOR_SIGNATURE
          && end64 >= 0
          && end64 <= file.size() - END64_BYTES) {
        ByteBuffer last64 = read(file, end64, END64_BYTES);
        if (last64.getInt(0) == END64_SIGNATURE) {
          size = last64.getLong(40);
          offset = last64.getLong(48);
          end = end64;
        }
      }
    }
    long start = Math.max(end - size, offset);
    return start < 0 || start > file.size() ? Set.of() : walk(most, file, start);
  }

  private static Set<String> walk(int most, FileBytes file, long start) throws IOException {
    Set<String> names = new LinkedHashSet<>();
    int count = 0;
    try (ContentStream in = new ContentStream(file.slice(start, file.size() - start))) {
      while (in.remaining() >= HEADER_BYTES) {
        ByteBuffer header =
            ByteBuffer.wrap(in.readNBytes(HEADER_BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        if (header.getInt(0) != HEADER_SIGNATURE) {
          break;
        }
        if (++count > most) {
          throw new WeightFileException(
              file.where()
                  + ": expected a zip of at most "
                  + most
                  + " entries but there are more; check that it is a file of weights");
        }
        names.add(new String(in.readNBytes(unsigned(header, 28)), UTF_8));
        int rest = unsigned(header, 30) + unsigned(header, 32);
        if (rest > in.remaining()) {
          break;
        }
        in.skipNBytes(rest);
      }
    }
    return names;
  }

  private static int unsigned(ByteBuffer header, int at) {
    return Short.toUnsignedInt(header.getShort(at));
  }

  /** Returns the offset of the record that ends a zip, or -1. */
  private static long end(FileBytes file) throws IOException {
    int count = (int) Math.min(file.size(), END_BYTES + MOST_COMMENT_BYTES);
    ByteBuffer tail = read(file, file.size() - count, count);
    for (int i = count - END_BYTES; i >= 0; i--) {
      if (tail.getInt(i) == END_SIGNATURE) {
        return file.size() - count + i;
      }
    }
    return -1;
  }

  private static ByteBuffer read(FileBytes file, long offset, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    file.read(offset, bytes);
    return bytes;
  }
}
