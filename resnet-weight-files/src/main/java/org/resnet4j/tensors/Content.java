package org.resnet4j.tensors;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The bytes of one array, or of several that share them. Every cursor reads independently of
 * others.
 */
public interface Content {
  /** Returns the total number of bytes. */
  long size();

  Cursor open() throws IOException;

  /** A reader of parts; compressed content can only be read in ascending order. */
  interface Cursor extends Closeable {
    /** Fills the remaining space of {@code into} with the bytes from {@code offset} on. */
    void read(long offset, ByteBuffer into) throws IOException;

    /**
     * Checks what depends on the entire content, such as a checksum; it is called after the last
     * read.
     */
    default void finish() throws IOException {}

    @Override
    default void close() throws IOException {}
  }
}
