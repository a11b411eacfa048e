package org.resnet4j.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import org.resnet4j.graph.NonFinite;
import org.resnet4j.tensors.Tensors;

/** The values of tensors, which are refused with NaN or an infinity among them. */
final class FiniteValues {
  private FiniteValues() {}

  /** Returns the values of the tensor {@code name} in row-major order. */
  static float[] of(Tensors tensors, String name) throws IOException {
    float[] values = tensors.read(name);
    check(tensors, name, FloatBuffer.wrap(values));
    return values;
  }

  /** Fills {@code memory} with the values of the tensor {@code name} in row-major order. */
  static void read(Tensors tensors, String name, ByteBuffer memory) throws IOException {
    tensors.read(name, memory);
    check(tensors, name, memory.flip().asFloatBuffer());
  }

  private static void check(Tensors tensors, String name, FloatBuffer values)
      throws WeightMismatchException {
    int index = NonFinite.first(values);
    if (index >= 0) {
      throw new WeightMismatchException(
          tensors.source()
              + ": tensor \""
              + name
              + "\": expected finite numbers but value "
              + index
              + " is "
              + values.get(index)
              + "; the file is damaged, or of a training that diverged");
    }
  }
}
