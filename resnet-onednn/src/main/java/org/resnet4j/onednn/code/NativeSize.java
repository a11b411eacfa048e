package org.resnet4j.onednn.code;

import com.sun.jna.IntegerType;
import com.sun.jna.Native;

/** The C type {@code size_t}, which is wider than {@code long} on Windows. */
public final class NativeSize extends IntegerType {
  private static final long serialVersionUID = 1;

  /** Creates zero, as JNA requires. */
  public NativeSize() {
    this(0);
  }

  NativeSize(long value) {
    super(Native.SIZE_T_SIZE, value, true);
  }
}
