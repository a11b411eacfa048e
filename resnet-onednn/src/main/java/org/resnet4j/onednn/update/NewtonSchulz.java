package org.resnet4j.onednn.update;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.Objects;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.resnet4j.onednn.exec.Sgemm;
import org.resnet4j.onednn.exec.Sgemm.Matrix;
import org.resnet4j.train.Orthogonalization;

/**
 * The iterations of {@link Orthogonalization} by oneDNN's products of matrices, in single
 * precision.
 */
final class NewtonSchulz implements AutoCloseable {
  private final FloatPointer gram;
  private final FloatPointer factor;
  private FloatPointer x;
  private FloatPointer next;

  /** Reserves memory for matrices of at most {@code length} values and {@code side} rows. */
  private NewtonSchulz(long length, long side) {
    gram = new FloatPointer(side * side);
    factor = new FloatPointer(side * side);
    x = new FloatPointer(length);
    next = new FloatPointer(length);
  }

  /**
   * Replaces updates by the orthogonal matrices next to them, without rate and scale.
   *
   * @param segments each with {@link Scaling.Orthogonal}
   * @param updates of the network, with the learning rate
   */
  static void orthogonalize(List<Segment> segments, FloatBuffer updates) {
    long length = segments.stream().mapToLong(Segment::length).max().orElseThrow();
    long side = segments.stream().mapToLong(NewtonSchulz::side).max().orElseThrow();
    try (NewtonSchulz iterations = new NewtonSchulz(length, side)) {
      Sgemm.lead(
          () -> {
            for (Segment segment : segments) {
              iterations.orthogonalize(segment, updates.slice(segment.start(), segment.length()));
            }
          });
    }
  }

  private static Scaling.Orthogonal scaling(Segment segment) {
    return (Scaling.Orthogonal) Objects.requireNonNull(segment.scaling());
  }

  private static long side(Segment segment) {
    Orthogonalization rule = scaling(segment).rule();
    return Math.min(rule.rows(), rule.columns(segment.length()));
  }

  private void orthogonalize(Segment segment, FloatBuffer update) {
    Scaling.Orthogonal scaling = scaling(segment);
    int length = segment.length();
    double divisor = Orthogonalization.divisor(norm(update), scaling.rate());
    if (divisor == 0) {
      return;
    }
    FloatBuffer start = x.asBuffer();
    for (int i = 0; i < length; i++) {
      start.put(i, (float) (update.get(i) / divisor)); // a rate may be less than the least float
    }
    for (int i = 0; i < Orthogonalization.ITERATIONS; i++) {
      iterate(scaling.rule().rows(), scaling.rule().columns(length));
    }
    update.put(x.asBuffer().limit(length));
  }

  private static double norm(FloatBuffer values) {
    double squares = 0;
    for (int i = 0; i < values.remaining(); i++) {
      squares += (double) values.get(i) * values.get(i);
    }
    return Math.sqrt(squares);
  }

  /** Multiplies the smaller Gram matrix, so that tall matrices need no transposition. */
  private void iterate(long rows, long columns) {
    boolean tall = rows > columns;
    long side = Math.min(rows, columns);
    Matrix now = new Matrix(x, rows, columns, false);
    Matrix product = new Matrix(gram, side, side, false);
    Matrix by = new Matrix(factor, side, side, false);
    if (tall) {
      Sgemm.multiply(1, now.transpose(), now, 0, gram);
    } else {
      Sgemm.multiply(1, now, now.transpose(), 0, gram);
    }
    copy(gram, factor, side * side);
    Sgemm.multiply(Orthogonalization.QUINTIC, product, product, Orthogonalization.CUBIC, factor);
    copy(x, next, rows * columns);
    Sgemm.multiply(1, tall ? now : by, tall ? by : now, Orthogonalization.LINEAR, next);
    FloatPointer last = x;
    x = next;
    next = last;
  }

  private static void copy(FloatPointer from, FloatPointer to, long length) {
    Pointer.memcpy(to, from, length * Float.BYTES);
  }

  @Override
  public void close() {
    gram.close();
    factor.close();
    x.close();
    next.close();
  }
}
