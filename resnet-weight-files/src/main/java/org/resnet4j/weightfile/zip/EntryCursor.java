package org.resnet4j.weightfile.zip;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipException;
import org.resnet4j.tensors.Content;
import org.resnet4j.tensors.WeightFileException;

/** Reads a zip entry forward and checks length and checksum at its end. */
final class EntryCursor implements Content.Cursor {
  private final String where;
  private final CheckedInputStream in;
  private final long size;
  private final long checksum;
  private long position;

  EntryCursor(String where, InputStream in, long size, long checksum) {
    this.where = where;
    this.in = new CheckedInputStream(in, new CRC32());
    this.size = size;
    this.checksum = checksum;
  }

  @Override
  public void read(long offset, ByteBuffer into) throws IOException {
    if (offset < position) {
      throw new AssertionError("arrays in zips are read in ascending order");
    }
    try {
      in.skipNBytes(offset - position);
      byte[] bytes = in.readNBytes(into.remaining());
      position = offset + bytes.length;
      if (bytes.length < into.remaining()) {
        throw new EOFException("it ends at byte " + position);
      }
      into.put(bytes);
    } catch (EOFException | ZipException e) {
      throw refused(e);
    }
  }

  @Override
  public void finish() throws IOException {
    try {
      in.skipNBytes(size - position);
      if (in.read() >= 0) {
        throw new ZipException("there are more");
      }
      long actual = in.getChecksum().getValue();
      if (actual != checksum) {
        throw new ZipException(
            String.format(Locale.ROOT, "their checksum is %08x instead of %08x", actual, checksum));
      }
    } catch (EOFException | ZipException e) {
      throw refused(e);
    }
  }

  private WeightFileException refused(IOException cause) {
    return new WeightFileException(
        "%s: expected %s bytes but: %s; %s"
            .formatted(where, size, cause.getMessage(), WeightFileException.REFETCH),
        cause);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
