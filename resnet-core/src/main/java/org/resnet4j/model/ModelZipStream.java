package org.resnet4j.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipEntry;

/**
 * A stream of one entry's bytes that throws unless they have the length and checksum in the zip.
 */
final class ModelZipStream extends InputStream {
  private static final int CHUNK = 1 << 16;

  private final String where;
  private final SeekableByteChannel channel;
  private final ModelZipEntry entry;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private final ByteBuffer input;
  private final byte[] single = new byte[1];
  private long position;
  private long packedLeft;
  private long read;

  ModelZipStream(String where, SeekableByteChannel channel, long start, ModelZipEntry entry) {
    this.where = where;
    this.channel = channel;
    this.entry = entry;
    this.position = start;
    this.packedLeft = entry.packed();
    this.input = ByteBuffer.allocate((int) Math.min(CHUNK, entry.packed()));
  }

  @Override
  public int read() throws IOException {
    return read(single, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(single[0]);
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    int n =
        entry.method() == ZipEntry.STORED
            ? stored(bytes, offset, length)
            : inflated(bytes, offset, length);
    if (n < 0) {
      requireClaims();
      return -1;
    }
    crc.update(bytes, offset, n);
    read += n;
    if (read > entry.size()) {
      throw new IOException(where + ": expected " + entry.size() + " bytes but there are more");
    }
    return n;
  }

  private int stored(byte[] bytes, int offset, int length) throws IOException {
    if (packedLeft == 0) {
      return -1;
    }
    int n = fill(ByteBuffer.wrap(bytes, offset, (int) Math.min(length, packedLeft)));
    packedLeft -= n;
    return n;
  }

  private int inflated(byte[] bytes, int offset, int length) throws IOException {
    try {
      while (true) {
        int n = inflater.inflate(bytes, offset, length);
        if (n > 0) {
          return n;
        }
        if (inflater.finished()) {
          return -1;
        }
        if (inflater.needsDictionary() || packedLeft == 0) {
          throw new IOException(where + ": expected a whole entry but its data break off");
        }
        input.clear().limit((int) Math.min(input.capacity(), packedLeft));
        packedLeft -= fill(input);
        inflater.setInput(input.flip());
      }
    } catch (DataFormatException e) {
      throw new IOException(where + ": expected deflated data but: " + e.getMessage(), e);
    }
  }

  private int fill(ByteBuffer bytes) throws IOException {
    channel.position(position);
    int n = channel.read(bytes);
    if (n < 0) {
      throw new IOException(where + ": expected a whole entry but the file breaks off");
    }
    position += n;
    return n;
  }

  private void requireClaims() throws IOException {
    if (packedLeft > 0 || inflater.getRemaining() > 0) {
      throw new IOException(where + ": expected the end of the data where the zip says");
    }
    if (read != entry.size()) {
      throw new IOException(where + ": expected " + entry.size() + " bytes but there are " + read);
    }
    if (crc.getValue() != entry.crc()) {
      throw new IOException(
          where + ": expected the checksum in the zip but the data have another; copy it again");
    }
  }

  @Override
  public void close() {
    inflater.end();
  }
}
