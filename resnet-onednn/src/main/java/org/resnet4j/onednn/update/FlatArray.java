package org.resnet4j.onednn.update;

import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The native memory of an array. */
final class FlatArray {
  private static final long LIMIT = Integer.MAX_VALUE / Float.BYTES;

  private FlatArray() {}

  /** Floats in memory order, or null for other types, parts of other arrays and 2 GiB or more. */
  static @Nullable FloatBuffer of(INDArray array) {
    long length = array.length();
    if (array.dataType() != DataType.FLOAT || array.isView() || length > LIMIT) {
      return null;
    }
    return new FloatPointer(array.data().pointer()).capacity(length).asBuffer();
  }

  /** True for the same elements in the same memory. */
  static boolean same(INDArray one, INDArray other) {
    return one.length() == other.length()
        && one.offset() == other.offset()
        && one.data().address() == other.data().address();
  }
}
