package org.resnet4j.onednn.exec;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Computes the sum of squares of an array. */
public final class SquaredNorm {
  /** The number of floats read together; they fit the L1 cache. */
  private static final int PIECE = 4096;

  /**
   * The number of squares that are added in single precision, at a relative error of at most 1e-6.
   */
  private static final int PILE = 16;

  /**
   * The number of pieces that one thread takes at a time; with fewer, a second thread does not pay.
   */
  private static final int SHARE = 16;

  private SquaredNorm() {}

  /**
   * Returns the sum of squares of contiguous floats in any order, bit-for-bit reproducible for any
   * number of threads.
   */
  public static double of(INDArray array) {
    long length = array.length();
    FloatBuffer values =
        new FloatPointer(new Address(Memory.address(array))).capacity(length).asBuffer();
    int shares = (int) ((length + (long) PIECE * SHARE - 1) / (PIECE * SHARE));
    double[] sums = new double[shares];
    Team.run(
        IntStream.range(0, shares)
            .<Runnable>mapToObj(share -> () -> sums[share] = share(values, share * PIECE * SHARE))
            .toList());
    double sum = 0;
    for (double one : sums) {
      sum += one;
    }
    return sum;
  }

  private static double share(FloatBuffer values, int from) {
    int to = (int) Math.min(values.capacity(), (long) from + PIECE * SHARE);
    float[] piece = new float[PIECE];
    float[] squares = new float[PIECE];
    double sum = 0;
    for (int at = from; at < to; at += PIECE) {
      int length = Math.min(PIECE, to - at);
      values.get(at, piece, 0, length);
      addSquares(squares, piece, length);
      if ((at - from) / PIECE % PILE == PILE - 1) {
        sum += sum(squares);
        Arrays.fill(squares, 0);
      }
    }
    return sum + sum(squares);
  }

  /** Adds squares in single precision: HotSpot does not vectorise a sum in double precision. */
  private static void addSquares(float[] into, float[] values, int length) {
    for (int i = 0; i < length; i++) {
      into[i] += values[i] * values[i];
    }
  }

  /** Returns the sum in four accumulators, whose additions do not depend on each other. */
  private static double sum(float[] values) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    for (int i = 0; i < PIECE; i += 4) {
      a += values[i];
      b += values[i + 1];
      c += values[i + 2];
      d += values[i + 3];
    }
    return a + b + (c + d);
  }
}
