package org.resnet4j.onednn.ir;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A view of the network's parameters: contiguous floats, read from the network's own memory.
 *
 * @param value in the network's own memory
 * @param gradient the same range of the flattened gradients; null for an untrained parameter
 */
public record Parameter(INDArray value, @Nullable INDArray gradient) {
  /** Checks type, gaps and lengths. */
  public Parameter {
    requirePlain("a parameter", value);
    if (gradient != null) {
      requirePlain("a gradient", gradient);
      if (gradient.length() != value.length()) {
        throw new IllegalArgumentException(
            "expected a gradient of "
                + value.length()
                + " elements but it has "
                + gradient.length());
      }
    }
  }

  private static void requirePlain(String what, INDArray array) {
    boolean dense = array.length() == 1 || array.elementWiseStride() == 1;
    if (array.dataType() != DataType.FLOAT || !dense) {
      throw new IllegalArgumentException(
          what
              + ": expected floats without gaps but was "
              + array.dataType()
              + " with "
              + array.shapeInfoToString());
    }
  }
}
