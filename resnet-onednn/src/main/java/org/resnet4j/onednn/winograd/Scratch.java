package org.resnet4j.onednn.winograd;

import org.bytedeco.javacpp.FloatPointer;

/** Native memory for intermediate results, initially zeros and aligned to a cache line. */
public final class Scratch implements AutoCloseable {
  private static final int LINE = 64;

  private final FloatPointer memory;

  /** Allocates memory for {@code bytes}. */
  Scratch(long bytes) {
    memory = new FloatPointer((bytes + LINE) / Float.BYTES).zero();
  }

  @Override
  public void close() {
    memory.close();
  }

  /** Returns the address of the first byte. */
  long address() {
    return (memory.address() + LINE - 1) / LINE * LINE;
  }
}
