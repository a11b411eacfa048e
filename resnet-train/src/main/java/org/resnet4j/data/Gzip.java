package org.resnet4j.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.resnet4j.image.DataFormatException;

/**
 * The bytes of a stream that may be compressed with gzip; its errors name the file. An expansion
 * far beyond that of images and labels is refused while reading, so that a small file cannot fill a
 * disk.
 */
public final class Gzip extends FilterInputStream {
  /**
   * The largest accepted expansion: MNIST, mostly black, unpacks to 5 bytes a byte, gzip itself can
   * reach 1,000.
   */
  private static final int MOST_EXPANSION = 64;

  /** The bytes below which no expansion is refused. */
  private static final long FREE_EXPANSION = 1L << 26;

  private final String where;
  private final GzipCompressorInputStream gzip;
  private long offset;

  private Gzip(String where, GzipCompressorInputStream gzip) {
    super(gzip);
    this.where = where;
    this.gzip = gzip;
  }

  /** Returns {@code in} decompressed if its first two bytes are gzip's, or else unchanged. */
  public static InputStream unpacked(String where, InputStream in) throws IOException {
    InputStream buffered = new BufferedInputStream(in, 1 << 16);
    buffered.mark(2);
    byte[] magic = buffered.readNBytes(2);
    buffered.reset();
    if (!isGzip(magic)) {
      return buffered;
    }
    try {
      return new Gzip(
          where,
          GzipCompressorInputStream.builder()
              .setInputStream(buffered)
              .setDecompressConcatenated(true)
              .get());
    } catch (IOException e) {
      throw damaged(where, 0, e);
    }
  }

  static boolean isGzip(byte[] head) {
    return head.length >= 2 && head[0] == 0x1f && head[1] == (byte) 0x8b;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int from, int count) throws IOException {
    try {
      int done = super.read(bytes, from, count);
      offset += Math.max(done, 0);
      requireSane();
      return done;
    } catch (DataFormatException e) {
      throw e;
    } catch (IOException e) {
      throw damaged(where, offset, e);
    }
  }

  private void requireSane() throws DataFormatException {
    long packed = gzip.getCompressedCount();
    if (offset > FREE_EXPANSION + MOST_EXPANSION * packed) {
      throw DataFormatException.at(
          where,
          offset,
          "expected at most "
              + MOST_EXPANSION
              + " bytes of data a byte of gzip but its first "
              + packed
              + " bytes unpack to more",
          StoredBytes.REFETCH);
    }
  }

  private static DataFormatException damaged(String where, long offset, IOException cause) {
    String finding =
        cause instanceof EOFException
            ? "expected more gzip data but the file ends"
            : "expected gzip data but found \"%s\"".formatted(cause.getMessage());
    DataFormatException damaged =
        DataFormatException.at(where, offset, finding, StoredBytes.REFETCH);
    damaged.initCause(cause);
    return damaged;
  }
}
