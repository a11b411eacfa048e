package org.resnet4j.tensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * A tensor in a file whose description is checked and whose values are not read yet.
 *
 * @param where name of file and tensor in messages
 * @param strides distance between neighbours along each axis, in elements; not negative
 * @param offset position of the first element, in bytes of {@code content}
 */
public record StoredTensor(
    String where,
    ElementType type,
    ByteOrder order,
    long[] shape,
    long[] strides,
    long offset,
    Content content) {
  private static final int WINDOW_BYTES = 1 << 16;

  /** The part of a tensor that is read at once without conversion. */
  private static final int MOST_BYTES_AT_ONCE = 1 << 20;

  /** The largest accepted number of axes; PyTorch and NumPy allow 64 and 32. */
  public static final int MOST_AXES = 64;

  /** Returns a tensor whose elements are contiguous, with the last axis fastest. */
  public static StoredTensor rowMajor(
      String where, ElementType type, ByteOrder order, long[] shape, long offset, Content content)
      throws WeightFileException {
    return checked(where, type, order, shape, rowMajorStrides(where, shape), offset, content);
  }

  /**
   * Returns a tensor from the values in a file, and refuses a shape that its content cannot hold.
   */
  public static StoredTensor checked(
      String where,
      ElementType type,
      ByteOrder order,
      long[] shape,
      long[] strides,
      long offset,
      Content content)
      throws WeightFileException {
    if (!inside(type, shape, strides, offset, content.size())) {
      throw new WeightFileException(
          "%s: expected values inside its %s bytes but it claims %s of shape %s with strides %s from byte %s on; %s"
              .formatted(
                  where,
                  content.size(),
                  type,
                  Arrays.toString(shape),
                  Arrays.toString(strides),
                  offset,
                  WeightFileException.REFETCH));
    }
    return new StoredTensor(where, type, order, shape, strides, offset, content);
  }

  public static long[] rowMajorStrides(String where, long[] shape) throws WeightFileException {
    count(where, shape);
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= Math.max(1, shape[i]);
    }
    return strides;
  }

  /**
   * Returns the number of elements of a tensor of that shape. Negative sizes and overflow are
   * refused.
   */
  public static long count(String where, long[] shape) throws WeightFileException {
    try {
      return count(shape);
    } catch (ArithmeticException e) {
      throw new WeightFileException(
          "%s: expected at most %s axes of sizes from 0 on but the shape is %s; %s"
              .formatted(where, MOST_AXES, Arrays.toString(shape), WeightFileException.REFETCH),
          e);
    }
  }

  private static long count(long[] shape) {
    long count = 1;
    boolean empty = false;
    for (long size : shape) {
      empty |= size == 0;
      count = Math.multiplyExact(count, Math.max(1, size));
      if (size < 0 || shape.length > MOST_AXES) {
        throw new ArithmeticException();
      }
    }
    return empty ? 0 : count;
  }

  private static boolean inside(
      ElementType type, long[] shape, long[] strides, long offset, long bytes) {
    if (strides.length != shape.length || offset < 0 || offset > bytes) {
      return false;
    }
    try {
      long count = count(shape);
      long last = 0;
      for (int i = 0; i < shape.length; i++) {
        if (strides[i] < 0) {
          return false;
        }
        last = Math.addExact(last, Math.multiplyExact(Math.max(0, shape[i] - 1), strides[i]));
      }
      long needed = Math.multiplyExact(Math.addExact(last, 1), (long) type.size());
      // Elements may share bytes, but their number must not exceed that of the bytes.
      return count == 0 || (needed <= bytes - offset && count <= bytes);
    } catch (ArithmeticException e) {
      return false;
    }
  }

  /** Returns the values in row-major order. */
  public float[] read() throws IOException {
    long count = count(shape);
    if (count > Integer.MAX_VALUE - 8) {
      throw new WeightFileException(
          "%s: expected at most 2^31 values but there are %s; no array of Java holds them"
              .formatted(where, count));
    }
    float[] values = new float[(int) count];
    if (count == 0) {
      return values;
    }
    try (Content.Cursor cursor = content.open()) {
      if (isRowMajor()) {
        readAll(cursor, values);
      } else {
        gather(cursor, values);
      }
      cursor.finish();
    }
    return values;
  }

  /** Fills {@code into} with the values in row-major order, as floats in its byte order. */
  void read(ByteBuffer into) throws IOException {
    boolean isStoredSo = type == ElementType.F32 && order.equals(into.order()) && isRowMajor();
    if (!isStoredSo || into.remaining() == 0 || into.remaining() != count(shape) * type.size()) {
      Tensors.put(read(), into);
      return;
    }
    int start = into.position();
    int end = into.limit();
    try (Content.Cursor cursor = content.open()) {
      while (into.position() < end) {
        int at = into.position();
        cursor.read(offset + at - start, into.limit(at + Math.min(MOST_BYTES_AT_ONCE, end - at)));
      }
      cursor.finish();
    }
  }

  private boolean isRowMajor() throws WeightFileException {
    return Arrays.equals(compact(strides), compact(rowMajorStrides(where, shape)));
  }

  /** Returns the values without those of axes of size 1, whose strides have no effect. */
  private long[] compact(long[] ofAxes) {
    return IntStream.range(0, shape.length)
        .filter(i -> shape[i] > 1)
        .mapToLong(i -> ofAxes[i])
        .toArray();
  }

  private ByteBuffer buffer(long elements) {
    return ByteBuffer.allocate((int) Math.min(WINDOW_BYTES, elements * type.size())).order(order);
  }

  private void readAll(Content.Cursor cursor, float[] values) throws IOException {
    ByteBuffer bytes = buffer(values.length);
    int most = bytes.capacity() / type.size();
    for (int from = 0; from < values.length; from += most) {
      int count = Math.min(most, values.length - from);
      cursor.read(offset + (long) from * type.size(), bytes.clear().limit(count * type.size()));
      type.decode(bytes, values, from, count);
    }
  }

  /** Reads the elements in the content's order, so that nearly every byte is read only once. */
  private void gather(Content.Cursor cursor, float[] values) throws IOException {
    int[] axes =
        IntStream.range(0, shape.length)
            .boxed()
            .sorted(Comparator.comparingLong((Integer i) -> strides[i]).reversed())
            .mapToInt(i -> i)
            .toArray();
    long[] targetStrides = rowMajorStrides(where, shape);
    long[] index = new long[axes.length];
    Window window = new Window(cursor);
    long element = 0;
    long target = 0;
    for (int i = 0; i < values.length; i++) {
      values[(int) target] = window.at(element);
      int d = axes.length - 1;
      while (d >= 0 && ++index[d] == shape[axes[d]]) {
        index[d] = 0;
        element -= (shape[axes[d]] - 1) * strides[axes[d]];
        target -= (shape[axes[d]] - 1) * targetStrides[axes[d]];
        d--;
      }
      if (d >= 0) {
        element += strides[axes[d]];
        target += targetStrides[axes[d]];
      }
    }
  }

  /** A buffer of the part of the content around the last requested element. */
  private final class Window {
    private final Content.Cursor cursor;
    private final long end;
    private final ByteBuffer bytes;
    private long first;
    private long next;

    Window(Content.Cursor cursor) {
      this.cursor = cursor;
      this.end =
          1 + IntStream.range(0, shape.length).mapToLong(i -> (shape[i] - 1) * strides[i]).sum();
      this.bytes = buffer(end);
    }

    float at(long element) throws IOException {
      if (element < first || element >= next) {
        int count = (int) Math.min(bytes.capacity() / type.size(), end - element);
        cursor.read(offset + element * type.size(), bytes.clear().limit(count * type.size()));
        first = element;
        next = element + count;
      }
      return type.decode(bytes, (int) (element - first) * type.size());
    }
  }
}
