package org.resnet4j.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/** The bytes of a stream that may be compressed with gzip; what it finds wrong names the file. */
public final class Gzip extends FilterInputStream {
  private final String where;
  private long offset;

  private Gzip(String where, InputStream in) {
    super(in);
    this.where = where;
  }

  /** {@code in} decompressed when its first two bytes are gzip's, or as it is. */
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
      return done;
    } catch (IOException e) {
      throw damaged(where, offset, e);
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
