package org.resnet4j.onednn.code;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;

/** The operands of a {@link Kernel} in native memory: 64-bit numbers and addresses. */
public final class Operands implements AutoCloseable {
  private final Memory memory;

  /** Copies {@code values}. */
  public Operands(long... values) {
    memory = new Memory((long) values.length * Long.BYTES);
    memory.write(0, values, 0, values.length);
  }

  /** Overwrites values, beginning with number {@code index}. */
  void set(int index, long... values) {
    memory.write((long) index * Long.BYTES, values, 0, values.length);
  }

  /** Returns the address of the first value. */
  long address() {
    return Pointer.nativeValue(memory);
  }

  @Override
  public void close() {
    memory.close();
  }
}
