package org.resnet4j.onednn.ir;

import java.util.Arrays;
import java.util.stream.LongStream;

/** A window that slides over height and width; every array is {height, width}. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Window(
    long[] kernel, long[] stride, long[] dilation, long[] padBegin, long[] padEnd) {
  /** The largest size, whose sums and products fit into the 32-bit integers of oneDNN's kernels. */
  private static final long LARGEST = 1 << 24;

  /** Checks the ranges. */
  public Window {
    LongStream.of(kernel).forEach(size -> requireRange("a kernel", size, 1));
    LongStream.of(stride).forEach(size -> requireRange("a stride", size, 1));
    LongStream.of(dilation).forEach(size -> requireRange("a dilation", size, 1));
    LongStream.of(padBegin).forEach(size -> requireRange("padding", size, 0));
    LongStream.of(padEnd).forEach(size -> requireRange("padding", size, 0));
    for (int axis = 0; axis < 2; axis++) {
      requireRange("a dilated kernel", extent(kernel[axis], dilation[axis]), 1);
    }
  }

  private static void requireRange(String what, long size, long least) {
    if (size < least || size > LARGEST) {
      throw new IllegalArgumentException(
          "expected " + what + " of " + least + " to " + LARGEST + " but was " + size);
    }
  }

  /** Returns a window with padding on both sides; a last window that does not fit is dropped. */
  public static Window truncated(int[] kernel, int[] stride, int[] dilation, int[] padding) {
    return new Window(
        longs(kernel), longs(stride), longs(dilation), longs(padding), longs(padding));
  }

  /** Returns this window; refuses it if it would leave out rows or columns of {@code input}. */
  public Window strict(Value input) {
    for (int axis = 0; axis < 2; axis++) {
      if (room(axis, input.size(2 + axis)) % stride[axis] != 0) {
        throw new IllegalArgumentException(
            "ConvolutionMode.Strict with "
                + this
                + " on "
                + input
                + ", which it does not cover exactly,");
      }
    }
    return this;
  }

  /**
   * Returns a window with one output per stride, TensorFlow's {@code SAME}: zeros around the input,
   * the odd one at the end. Refuses, as Deeplearning4j does, strides that would skip two or more of
   * the last rows or columns.
   */
  public static Window same(int[] kernel, int[] stride, int[] dilation, Value input) {
    long[] begin = new long[2];
    long[] end = new long[2];
    for (int axis = 0; axis < 2; axis++) {
      long size = input.size(2 + axis);
      long outputs = (size + stride[axis] - 1) / stride[axis];
      long padding = (outputs - 1) * stride[axis] + extent(kernel[axis], dilation[axis]) - size;
      if (padding < -1) {
        throw new IllegalArgumentException(
            "ConvolutionMode.Same with the kernel "
                + Arrays.toString(kernel)
                + " and the stride "
                + Arrays.toString(stride)
                + " on "
                + input
                + ", which would take padding of "
                + padding
                + ",");
      }
      begin[axis] = Math.max(0, padding) / 2;
      end[axis] = Math.max(0, padding) - begin[axis];
    }
    return new Window(longs(kernel), longs(stride), longs(dilation), begin, end);
  }

  /** Returns a window that covers the whole of {@code input}. */
  public static Window global(Value input) {
    long[] whole = {input.size(2), input.size(3)};
    return new Window(whole, whole, new long[] {1, 1}, new long[2], new long[2]);
  }

  /** Returns the number of outputs along height (0) or width (1). */
  public long outputs(int axis, long size) {
    long room = room(axis, size);
    return room < 0 ? 0 : room / stride[axis] + 1;
  }

  /** Returns whether some output of {@code input} reads only padding. */
  public boolean readsPaddingAlone(Value input) {
    return readsPaddingAlone(0, input.size(2)) || readsPaddingAlone(1, input.size(3));
  }

  private boolean readsPaddingAlone(int axis, long size) {
    for (long output = 0; output < outputs(axis, size); output++) {
      long start = output * stride[axis] - padBegin[axis];
      // Steps from the window's first position to the first position in the input or after it.
      long steps = start < 0 ? (dilation[axis] - 1 - start) / dilation[axis] : 0;
      if (steps >= kernel[axis] || start + steps * dilation[axis] >= size) {
        return true;
      }
    }
    return false;
  }

  /** Returns the distance that the window can slide; negative if it does not fit. */
  private long room(int axis, long size) {
    return size + padBegin[axis] + padEnd[axis] - extent(kernel[axis], dilation[axis]);
  }

  /** Returns the shape {@code [N, channels, H, W]} of the output. */
  public long[] outputShape(Value input, long channels) {
    return new long[] {
      input.size(0), channels, outputs(0, input.size(2)), outputs(1, input.size(3))
    };
  }

  /** Returns the number of positions between neighbouring positions that the window reads. */
  public long[] gaps() {
    return new long[] {dilation[0] - 1, dilation[1] - 1};
  }

  private static long extent(long kernel, long dilation) {
    return (kernel - 1) * dilation + 1;
  }

  private static long[] longs(int[] values) {
    if (values.length != 2) {
      throw new IllegalArgumentException(
          "expected two sizes, of height and width, but they are " + Arrays.toString(values));
    }
    return new long[] {values[0], values[1]};
  }

  @Override
  public String toString() {
    return "the window "
        + kernel[0]
        + "×"
        + kernel[1]
        + " with stride "
        + Arrays.toString(stride)
        + ", dilation "
        + Arrays.toString(dilation)
        + ", padding "
        + Arrays.toString(padBegin)
        + " before and "
        + Arrays.toString(padEnd)
        + " after";
  }
}
