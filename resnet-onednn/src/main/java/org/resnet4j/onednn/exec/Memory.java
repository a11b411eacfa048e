package org.resnet4j.onednn.exec;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.Locale;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;
import org.resnet4j.graph.NonFinite;
import org.resnet4j.onednn.winograd.Floats;

/** Copies floats between Java, ND4J and native memory. */
public final class Memory {
  private Memory() {}

  /** Returns the address of the first element of {@code array}, its view's offset included. */
  public static long address(INDArray array) {
    return array.data().address() + array.offset() * array.data().getElementSize();
  }

  /** Returns {@code array}, or a copy, as contiguous floats in c order. */
  static INDArray plain(INDArray array) {
    INDArray floats = array.dataType() == DataType.FLOAT ? array : array.castTo(DataType.FLOAT);
    return floats.ordering() == 'c' && Shape.hasDefaultStridesForShape(floats)
        ? floats
        : floats.dup('c');
  }

  /**
   * Returns {@code count} floats that start at {@code address}.
   *
   * @throws IllegalArgumentException when a Java array cannot hold them
   */
  public static float[] read(long address, long count) {
    float[] values = new float[length(count)];
    new FloatPointer(new Address(address)).get(values);
    return values;
  }

  /** The length of the longest array of floats that every Java allocates. */
  private static final int LONGEST = Integer.MAX_VALUE - 8;

  /** Returns {@code count} as the length of a Java array. */
  static int length(long count) {
    if (count > LONGEST) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "expected at most %,d floats in one Java array but there are %,d; use a smaller"
                  + " layer, fewer or smaller images",
              LONGEST,
              count));
    }
    return (int) count;
  }

  /** Returns the memory of {@code buffer}, which must hold floats. */
  public static Floats floats(Buffer buffer) {
    return new Floats(buffer.address(), buffer.bytes / Float.BYTES);
  }

  /** The number of floats that are checked together; they fit the L1 cache. */
  private static final int PIECE = 4096;

  /** The number of floats in a Java buffer, whose bytes are counted by an int: 1 GiB. */
  private static final int SLICE = 1 << 28;

  /**
   * Refuses features with NaN or an infinity.
   *
   * @param features as {@link #plain} returns them, images first
   */
  static void requireFinite(INDArray features) {
    if (areFinite(address(features), features.length())) {
      return;
    }
    long index = NonFinite.first(features);
    long[] position = NonFinite.position(index, features.shape());
    throw new IllegalArgumentException(
        "image "
            + position[0]
            + ": expected finite numbers but there is "
            + features.data().getFloat(features.offset() + index)
            + " at "
            + Arrays.toString(Arrays.copyOfRange(position, 1, position.length))
            + "; check how images are read and normalised");
  }

  /** Returns whether all elements of {@code array}, which has no gaps, are finite. */
  public static boolean areFinite(INDArray array) {
    return array.dataType() == DataType.FLOAT
        ? areFinite(address(array), array.length())
        : NonFinite.first(array) < 0;
  }

  private static boolean areFinite(long address, long count) {
    return areFinite(address, count, SLICE);
  }

  /** Returns whether all floats are finite, which it reads in slices of {@code most} floats. */
  static boolean areFinite(long address, long count, int most) {
    for (long from = 0; from < count; from += most) {
      int length = (int) Math.min(most, count - from);
      if (!isSliceFinite(floats(address + from * Float.BYTES, length))) {
        return false;
      }
    }
    return true;
  }

  private static FloatBuffer floats(long address, int count) {
    return new FloatPointer(new Address(address)).capacity(count).asBuffer();
  }

  /**
   * Returns whether all floats are finite. HotSpot vectorises the loop: NaN or infinity times zero
   * is NaN, and sums of NaN stay NaN.
   */
  private static boolean isSliceFinite(FloatBuffer values) {
    float[] piece = new float[PIECE];
    float[] zeros = new float[PIECE];
    int count = values.capacity();
    for (int at = 0; at < count; at += PIECE) {
      int length = Math.min(PIECE, count - at);
      values.get(at, piece, 0, length);
      for (int i = 0; i < length; i++) {
        zeros[i] += piece[i] * 0f;
      }
    }
    for (float zero : zeros) {
      if (zero != 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns a number that differs for almost every change of {@code array}, which has no gaps, and
   * for every change of one element. HotSpot vectorises the loop.
   */
  public static int checksum(INDArray array) {
    int[] sums = new int[PIECE];
    int[] piece = new int[PIECE];
    long count = array.length() * array.data().getElementSize() / Integer.BYTES;
    for (long from = 0; from < count; from += SLICE) {
      int slice = (int) Math.min(SLICE, count - from);
      IntBuffer values =
          new IntPointer(new Address(address(array) + from * Integer.BYTES))
              .capacity(slice)
              .asBuffer();
      for (int at = 0; at < slice; at += PIECE) {
        int length = Math.min(PIECE, slice - at);
        values.get(at, piece, 0, length);
        for (int i = 0; i < length; i++) {
          sums[i] = 31 * sums[i] + piece[i];
        }
      }
    }
    return Arrays.hashCode(sums);
  }

  /** Returns all elements of {@code array} in memory order. */
  public static float[] read(INDArray array) {
    return read(address(array), array.length());
  }

  static void write(byte[] values, long address) {
    new BytePointer(new Address(address)).put(values);
  }

  public static void write(float[] values, long address) {
    new FloatPointer(new Address(address)).put(values);
  }
}
