package org.resnet4j.onednn.exec;

import java.nio.FloatBuffer;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Sum of squares. */
public final class SquaredNorm {
  /** Fits the first-level cache. */
  private static final int PIECE = 4096;

  /** Pieces that one thread takes at a time; fewer are not worth a second thread. */
  private static final int SHARE = 64;

  private SquaredNorm() {}

  /** Of dense floats in any order; the same bits for any number of threads. */
  public static double of(INDArray array) {
    long length = array.length();
    FloatBuffer values =
        new FloatPointer(new Address(Memory.address(array))).capacity(length).asBuffer();
    int shares = (int) ((length + (long) PIECE * SHARE - 1) / (PIECE * SHARE));
    IntStream all = IntStream.range(0, shares);
    double[] sums =
        (shares > 1 && Native.threads() > 1 ? all.parallel() : all)
            .mapToDouble(share -> share(values, share * PIECE * SHARE))
            .toArray();
    double sum = 0;
    for (double one : sums) {
      sum += one;
    }
    return sum;
  }

  private static double share(FloatBuffer values, int from) {
    int to = (int) Math.min(values.capacity(), (long) from + PIECE * SHARE);
    float[] piece = new float[PIECE];
    double sum = 0;
    for (int at = from; at < to; at += PIECE) {
      int length = Math.min(PIECE, to - at);
      values.get(at, piece, 0, length);
      sum += squares(piece, length);
    }
    return sum;
  }

  /** Four sums at once: an addition need not wait for the one before. */
  private static double squares(float[] values, int length) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int whole = length - length % 4;
    for (int i = 0; i < whole; i += 4) {
      a += (double) values[i] * values[i];
      b += (double) values[i + 1] * values[i + 1];
      c += (double) values[i + 2] * values[i + 2];
      d += (double) values[i + 3] * values[i + 3];
    }
    for (int i = whole; i < length; i++) {
      a += (double) values[i] * values[i];
    }
    return a + b + (c + d);
  }
}
