package org.resnet4j.onednn.ir;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An array of a program: {@code [N, C, H, W]} or {@code [N, F]}. Values are compared by identity.
 */
public final class Value {
  /**
   * The largest number of elements: far more than fits into memory, and small enough that sums of
   * bytes do not overflow.
   */
  private static final long MOST = 1L << 40;

  private final String name;
  private final long[] shape;
  private final long elements;
  private final @Nullable Int8 int8;

  /**
   * Creates a value.
   *
   * @param name of the vertex that computes it
   */
  public Value(String name, long... shape) {
    this(null, name, shape);
  }

  private Value(@Nullable Int8 int8, String name, long... shape) {
    if (shape.length != 2 && shape.length != 4) {
      throw new IllegalArgumentException(
          name + ": expected [N, C, H, W] or [N, F] but the shape is " + Arrays.toString(shape));
    }
    for (long size : shape) {
      if (size < 1) {
        throw new IllegalArgumentException(
            name
                + ": the input is too small, nothing is left of it here: shape "
                + Arrays.toString(shape));
      }
    }
    this.name = name;
    this.shape = shape.clone();
    elements = elements(name, shape);
    this.int8 = int8;
  }

  private static long elements(String name, long... shape) {
    long elements = 1;
    for (long size : shape) {
      if (size > MOST / elements) {
        throw new IllegalArgumentException(
            name + ": too large for memory: shape " + Arrays.toString(shape));
      }
      elements *= size;
    }
    return elements;
  }

  /** Returns another value of the same name and shape, in 8-bit integers. */
  public Value in(Int8 integers) {
    return new Value(integers, name, shape);
  }

  /** Returns the representation by 8-bit integers; null for a value in floating point. */
  public @Nullable Int8 int8() {
    return int8;
  }

  public String name() {
    return name;
  }

  public long[] shape() {
    return shape.clone();
  }

  public int rank() {
    return shape.length;
  }

  /** Returns the size of an axis: N for 0, C or F for 1, H for 2, W for 3. */
  public long size(int axis) {
    return shape[axis];
  }

  /** Returns the product of all sizes. */
  public long elements() {
    return elements;
  }

  @Override
  public String toString() {
    return name + Arrays.toString(shape);
  }
}
