package org.resnet4j.tensors;

import java.nio.ByteBuffer;

/** A content in memory. */
public record HeapContent(ByteBuffer bytes) implements Content {
  @Override
  public long size() {
    return bytes.limit();
  }

  @Override
  public Cursor open() {
    return (offset, into) -> into.put(bytes.slice(Math.toIntExact(offset), into.remaining()));
  }
}
