package org.resnet4j.graph;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce.longer.MatchCondition;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.conditions.Conditions;

/** Finds NaN and infinite values. */
public final class NonFinite {
  /** The number of values that are examined together; they fit the L1 cache. */
  private static final int PIECE = 4096;

  private NonFinite() {}

  /** Returns the index of the first value that is NaN or infinite, or -1 if there is none. */
  public static int first(float[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        return i;
      }
    }
    return -1;
  }

  /**
   * Returns the index of the first value that is NaN or infinite, counted from the buffer's
   * position, or -1 if there is none. HotSpot vectorises the loop: NaN or infinity times zero is
   * NaN, and sums of NaN stay NaN.
   */
  public static int first(FloatBuffer values) {
    float[] piece = new float[Math.min(PIECE, values.remaining())];
    float[] zeros = new float[piece.length];
    for (int at = 0; at < values.remaining(); at += piece.length) {
      int length = Math.min(piece.length, values.remaining() - at);
      values.get(values.position() + at, piece, 0, length);
      for (int i = 0; i < length; i++) {
        zeros[i] += piece[i] * 0f;
      }
    }
    for (float zero : zeros) {
      if (zero != 0) {
        float[] all = new float[values.remaining()];
        values.get(values.position(), all);
        return first(all);
      }
    }
    return -1;
  }

  /**
   * Returns the index, in c order, of the first value that is NaN or infinite, or -1 if there is
   * none.
   */
  public static long first(INDArray values) {
    if (isEmpty(values)
        || Nd4j.getExecutioner().exec(new MatchCondition(values, Conditions.notFinite())).getLong(0)
            == 0) {
      return -1;
    }
    INDArray flat = values.dup('c').reshape(values.length());
    for (long i = 0; i < flat.length(); i++) {
      if (!Double.isFinite(flat.getDouble(i))) {
        return i;
      }
    }
    return -1;
  }

  private static boolean isEmpty(INDArray values) {
    return values.isEmpty() || values.length() == 0;
  }

  /**
   * Returns a description of the first NaN or infinite value, such as {@code NaN at [0, 3, 7]}, or
   * null if there is none.
   */
  public static @Nullable String describe(INDArray values) {
    long index = first(values);
    if (index < 0) {
      return null;
    }
    double value = values.dup('c').reshape(values.length()).getDouble(index);
    return value + " at " + Arrays.toString(position(index, values.shape()));
  }

  /** Returns the coordinates of element {@code index}, counted in c order, along each axis. */
  public static long[] position(long index, long[] shape) {
    long[] position = new long[shape.length];
    long rest = index;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      position[axis] = rest % shape[axis];
      rest /= shape[axis];
    }
    return position;
  }

  /**
   * Returns {@code outputs} of a network if all are finite.
   *
   * @throws ArithmeticException with the first NaN or infinite value
   */
  public static INDArray requireFinite(INDArray outputs) {
    String found = describe(outputs);
    if (found != null) {
      throw new ArithmeticException(
          "expected finite outputs of the network but there is "
              + found
              + "; its weights, or its activations for this input, exceed the range of floats: load other weights, or train with a lower learning rate");
    }
    return outputs;
  }
}
