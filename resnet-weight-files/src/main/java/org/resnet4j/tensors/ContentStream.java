package org.resnet4j.tensors;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** A buffered stream of a content's bytes. */
public final class ContentStream extends InputStream {
  private final Content content;
  private final Content.Cursor cursor;
  private final ByteBuffer buffer = ByteBuffer.allocate(1 << 13).limit(0);
  private long next;

  public ContentStream(Content content) throws IOException {
    this.content = content;
    this.cursor = content.open();
  }

  /** Returns the position of the next byte to be read. */
  public long position() {
    return next - buffer.remaining();
  }

  /** Returns the number of bytes left. */
  public long remaining() {
    return content.size() - position();
  }

  private boolean fill() throws IOException {
    if (!buffer.hasRemaining()) {
      int count = (int) Math.min(buffer.capacity(), content.size() - next);
      cursor.read(next, buffer.clear().limit(count));
      buffer.flip();
      next += count;
    }
    return buffer.hasRemaining();
  }

  @Override
  public int read() throws IOException {
    return fill() ? buffer.get() & 0xff : -1;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int count = Math.min(length, buffer.remaining());
    buffer.get(into, offset, count);
    return count;
  }

  @Override
  public void close() throws IOException {
    cursor.close();
  }
}
