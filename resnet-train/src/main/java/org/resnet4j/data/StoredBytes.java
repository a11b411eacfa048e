package org.resnet4j.data;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.resnet4j.image.DataFormatException;

/**
 * A file that any thread reads at any offset. A thread must not be interrupted while it reads: Java
 * then closes the file for all threads.
 *
 * @param where name of the file in messages
 */
record StoredBytes(String where, FileChannel channel) implements Closeable {
  static StoredBytes open(Path file) throws IOException {
    return new StoredBytes(file.toString(), FileChannel.open(file, StandardOpenOption.READ));
  }

  /**
   * Copies {@code head} and then {@code rest}, which must hold exactly {@code restLength} bytes, to
   * a temporary file that is deleted on {@link #close}.
   */
  static StoredBytes spool(String where, byte[] head, InputStream rest, long restLength)
      throws IOException {
    Path temporary = Files.createTempFile("resnet4j", ".bytes");
    FileChannel channel = temporary(temporary);
    try {
      OutputStream out = Channels.newOutputStream(channel);
      out.write(head);
      byte[] buffer = new byte[1 << 16];
      long left = restLength;
      while (left > 0) {
        int count = rest.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (count < 0) {
          throw tooShort(where, head.length + restLength, head.length + restLength - left);
        }
        write(out, buffer, count, where, temporary, head.length + restLength);
        left -= count;
      }
      if (rest.read() >= 0) {
        throw tooLong(where, head.length + restLength);
      }
      return new StoredBytes(where, channel);
    } catch (Throwable e) {
      channel.close();
      throw e;
    }
  }

  /** Opens an empty file that is deleted when it is closed. */
  static FileChannel temporary(Path file) throws IOException {
    return FileChannel.open(
        file,
        StandardOpenOption.READ,
        StandardOpenOption.WRITE,
        StandardOpenOption.DELETE_ON_CLOSE);
  }

  private static void write(
      OutputStream out, byte[] bytes, int count, String where, Path temporary, long whole)
      throws IOException {
    try {
      out.write(bytes, 0, count);
    } catch (IOException e) {
      throw new IOException(
          where
              + ": unpacks to "
              + whole
              + " bytes but "
              + temporary.getParent()
              + " does not take them: "
              + e.getMessage()
              + "; make room there, or name another folder with -Djava.io.tmpdir=DIR",
          e);
    }
  }

  /** Refuses a file whose length is not {@code expected}. */
  void requireLength(long expected) throws IOException {
    long actual = channel.size();
    if (actual < expected) {
      throw tooShort(where, expected, actual);
    }
    if (actual > expected) {
      throw tooLong(where, expected);
    }
  }

  byte[] read(long offset, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, offset + bytes.position()) < 0) {
        throw tooShort(where, offset + count, offset + bytes.position());
      }
    }
    return bytes.array();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  static DataFormatException tooShort(String where, long expected, long actual) {
    return DataFormatException.at(
        where, actual, "expected %s bytes but the file ends here".formatted(expected), REFETCH);
  }

  static DataFormatException tooLong(String where, long expected) {
    return DataFormatException.at(
        where, expected, "expected the end of the file but there are more bytes", REFETCH);
  }

  /** The advice for a damaged file. */
  static final String REFETCH = "fetch the file again";
}
