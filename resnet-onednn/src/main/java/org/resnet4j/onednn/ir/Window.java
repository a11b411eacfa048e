package org.resnet4j.onednn.ir;

/** A window that slides over height and width; every array is {height, width}. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Window(
    long[] kernel, long[] stride, long[] dilation, long[] padBegin, long[] padEnd) {
  /** Padding of {@code padding} on both sides; a last window that does not fit is dropped. */
  public static Window truncated(int[] kernel, int[] stride, int[] dilation, int[] padding) {
    return new Window(
        longs(kernel), longs(stride), longs(dilation), longs(padding), longs(padding));
  }

  /** One output a stride, TensorFlow's rule: zeros around the input, the odd one at the end. */
  public static Window same(int[] kernel, int[] stride, int[] dilation, Value input) {
    long[] begin = new long[2];
    long[] end = new long[2];
    for (int axis = 0; axis < 2; axis++) {
      long size = input.size(2 + axis);
      long outputs = (size + stride[axis] - 1) / stride[axis];
      long extent = (kernel[axis] - 1L) * dilation[axis] + 1;
      long padding = Math.max(0, (outputs - 1) * stride[axis] + extent - size);
      begin[axis] = padding / 2;
      end[axis] = padding - begin[axis];
    }
    return new Window(longs(kernel), longs(stride), longs(dilation), begin, end);
  }

  /** The whole of {@code input}. */
  public static Window global(Value input) {
    long[] whole = {input.size(2), input.size(3)};
    return new Window(whole, whole, new long[] {1, 1}, new long[2], new long[2]);
  }

  /** Outputs along height (0) or width (1). */
  public long outputs(int axis, long size) {
    long extent = (kernel[axis] - 1) * dilation[axis] + 1;
    long room = size + padBegin[axis] + padEnd[axis] - extent;
    return room < 0 ? 0 : room / stride[axis] + 1;
  }

  /** Whether some output of {@code input} reads padding alone. */
  public boolean readsPaddingAlone(Value input) {
    return readsPaddingAlone(0, input.size(2)) || readsPaddingAlone(1, input.size(3));
  }

  private boolean readsPaddingAlone(int axis, long size) {
    for (long output = 0; output < outputs(axis, size); output++) {
      long start = output * stride[axis] - padBegin[axis];
      // From the window's first place to its first in the input or after it.
      long steps = start < 0 ? (dilation[axis] - 1 - start) / dilation[axis] : 0;
      if (steps >= kernel[axis] || start + steps * dilation[axis] >= size) {
        return true;
      }
    }
    return false;
  }

  /** {@code [N, channels, H, W]} of the output. */
  public long[] outputShape(Value input, long channels) {
    return new long[] {
      input.size(0), channels, outputs(0, input.size(2)), outputs(1, input.size(3))
    };
  }

  private static long[] longs(int[] values) {
    return new long[] {values[0], values[1]};
  }
}
