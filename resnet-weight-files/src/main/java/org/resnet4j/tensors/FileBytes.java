package org.resnet4j.tensors;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file that several threads can read at any offset. A thread must not be interrupted while it
 * reads, because Java then closes the file for all.
 *
 * @param where name of the file in messages
 * @param size size in bytes when the file was opened
 */
public record FileBytes(String where, FileChannel channel, long size) implements Closeable {
  public static FileBytes open(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new WeightFileException(
          file + ": there is no such file; expected one with weights, for instance .safetensors");
    }
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      return new FileBytes(file.toString(), channel, channel.size());
    } catch (Throwable e) {
      channel.close();
      throw e;
    }
  }

  /** Fills the remaining space of {@code into} with the bytes from {@code offset} on. */
  public void read(long offset, ByteBuffer into) throws IOException {
    int start = into.position();
    require(offset, into.remaining());
    while (into.hasRemaining()) {
      long at = offset + into.position() - start;
      if (channel.read(into, at) < 0) {
        throw tooShort(at, into.remaining());
      }
    }
  }

  /** Refuses a range that extends beyond the end of the file. */
  public void require(long offset, long count) throws WeightFileException {
    if (offset < 0 || count < 0 || offset > size || count > size - offset) {
      throw tooShort(offset, count);
    }
  }

  private WeightFileException tooShort(long offset, long count) {
    return WeightFileException.at(
        where,
        offset,
        "expected %s bytes but the file ends at %s".formatted(count, size),
        WeightFileException.REFETCH);
  }

  /** Returns a part of the file; one that extends beyond its end is refused. */
  public Content slice(long offset, long count) throws WeightFileException {
    require(offset, count);
    return new Content() {
      @Override
      public long size() {
        return count;
      }

      @Override
      public Cursor open() {
        return (at, into) -> {
          if (at < 0 || into.remaining() > count - at) {
            throw new AssertionError("tensors are checked against their content before");
          }
          read(offset + at, into);
        };
      }
    };
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
