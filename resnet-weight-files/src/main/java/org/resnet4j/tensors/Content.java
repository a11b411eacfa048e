package org.resnet4j.tensors;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Bytes that hold one array, or several that share them. Each opening reads by itself. */
public interface Content {
  /** Bytes in all. */
  long size();

  Cursor open() throws IOException;

  /** Reads parts; those of compressed content only in ascending order. */
  interface Cursor extends Closeable {
    /** Fills what remains of {@code into} from {@code offset} on. */
    void read(long offset, ByteBuffer into) throws IOException;

    /** Checks, after the last read, what only the whole content can tell. */
    default void finish() throws IOException {}

    @Override
    default void close() throws IOException {}
  }
}
