package org.resnet4j.onednn.update;

import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Access to the native memory of an array. */
final class FlatArray {
  private static final long LIMIT = Integer.MAX_VALUE / Float.BYTES;

  private FlatArray() {}

  /**
   * Returns the floats in memory order; null for other types, gaps between elements, or 2 GiB and
   * more.
   */
  static @Nullable FloatBuffer of(INDArray array) {
    boolean dense = array.isVectorOrScalar() && array.elementWiseStride() == 1;
    if (array.dataType() != DataType.FLOAT || !dense || array.length() > LIMIT) {
      return null;
    }
    Pointer start = array.data().addressPointer(); // a view's own
    return new FloatPointer(start).capacity(array.length()).asBuffer();
  }

  /** Returns whether both arrays are the same elements in the same memory. */
  static boolean same(INDArray one, INDArray other) {
    return one.length() == other.length()
        && one.data().addressPointer().address() == other.data().addressPointer().address();
  }
}
