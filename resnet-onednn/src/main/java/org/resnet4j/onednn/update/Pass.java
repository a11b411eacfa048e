package org.resnet4j.onednn.update;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.exec.Team;
import org.resnet4j.train.LambScaling;

/**
 * A step over all parameters, in pieces that fit the L1 cache: read, computed on arrays, written
 * back. Threads take neighbouring ranges. No element depends on another, but for arrays with a
 * {@link Scaling}. One thread computes an array that is scaled by norms, in two passes. So the
 * result does not depend on the number of threads. Orthogonal updates need a second pass after the
 * products of matrices, which depend on the number of the engine's threads in the last bits.
 *
 * @param state null if no rule has any
 * @param batch divisor of sums over the batch; 1 divides nothing
 * @param step whether also {@code parameters ← parameters − update}
 */
record Pass(
    FloatBuffer parameters,
    FloatBuffer gradient,
    @Nullable FloatBuffer state,
    List<Segment> segments,
    float batch,
    boolean step) {

  /** The number of floats in a piece of one array: four arrays take 32 KiB. */
  private static final int PIECE = 2048;

  /** The fewest parameters for which a thread pays. */
  private static final int FEW = 1 << 15;

  /** Returns whether all parameters and states that it has written are finite. */
  boolean run(int threads) {
    boolean finite = inRanges(threads, this::range);
    List<Segment> orthogonal = segments.stream().filter(Segment::isOrthogonal).toList();
    if (!orthogonal.isEmpty()) {
      NewtonSchulz.orthogonalize(orthogonal, gradient);
      finite &= inRanges(threads, this::orthogonalRange);
    }
    return finite;
  }

  /** The work on a range of parameters. */
  private interface Work {
    void on(int from, int to, Scratch scratch);
  }

  private boolean inRanges(int threads, Work work) {
    int end = segments.isEmpty() ? 0 : segments.get(segments.size() - 1).end();
    int parts = Math.max(1, Math.min(threads, end / FEW));
    int share = (end + parts - 1) / parts;
    boolean[] finite = new boolean[parts];
    Team.run(
        IntStream.range(0, parts)
            .<Runnable>mapToObj(
                part ->
                    () -> {
                      Scratch scratch = new Scratch();
                      work.on(part * share, Math.min(end, (part + 1) * share), scratch);
                      finite[part] = scratch.sawFinite();
                    })
            .toList());
    boolean all = true;
    for (boolean one : finite) {
      all &= one;
    }
    return all;
  }

  private void range(int from, int to, Scratch scratch) {
    for (Segment segment : segments) {
      if (segment.scaling() instanceof Scaling.ByNorms scaling) {
        if (segment.start() >= from && segment.start() < to) {
          scaled(segment, scaling, scratch);
        }
        continue;
      }
      int last = Math.min(to, segment.end());
      for (int at = Math.max(from, segment.start()); at < last; at += PIECE) {
        piece(segment, at, Math.min(PIECE, last - at), scratch);
      }
    }
  }

  private void piece(Segment segment, int at, int length, Scratch scratch) {
    read(segment, at, length, scratch);
    for (Penalty penalty : segment.before()) {
      penalty.apply(scratch.parameters, scratch.gradient, length);
    }
    rule(segment, at, length, scratch);
    if (segment.isOrthogonal()) {
      gradient.put(at, scratch.gradient, 0, length);
    } else {
      finish(segment, at, length, scratch);
    }
  }

  private void finish(Segment segment, int at, int length, Scratch scratch) {
    for (Penalty penalty : segment.after()) {
      penalty.apply(scratch.parameters, scratch.gradient, length);
    }
    write(at, length, scratch);
  }

  private void orthogonalRange(int from, int to, Scratch scratch) {
    for (Segment segment : segments) {
      if (segment.scaling() instanceof Scaling.Orthogonal orthogonal) {
        float factor = (float) (orthogonal.rate() * orthogonal.rule().scale(segment.length()));
        int last = Math.min(to, segment.end());
        for (int at = Math.max(from, segment.start()); at < last; at += PIECE) {
          int length = Math.min(PIECE, last - at);
          gradient.get(at, scratch.gradient, 0, length);
          parameters.get(at, scratch.parameters, 0, length);
          multiply(scratch.gradient, factor, length);
          finish(segment, at, length, scratch);
        }
      }
    }
  }

  private void read(Segment segment, int at, int length, Scratch scratch) {
    boolean decays = !segment.before().isEmpty() || !segment.after().isEmpty();
    gradient.get(at, scratch.gradient, 0, length);
    if (step || decays || segment.scaling() != null) {
      parameters.get(at, scratch.parameters, 0, length);
    }
    if (segment.divide() && batch != 1) {
      divide(scratch.gradient, batch, length);
    }
  }

  private void write(int at, int length, Scratch scratch) {
    gradient.put(at, scratch.gradient, 0, length);
    if (step) {
      subtract(scratch.parameters, scratch.gradient, length);
      parameters.put(at, scratch.parameters, 0, length);
      scratch.see(scratch.parameters, length);
    }
  }

  private void scaled(Segment segment, Scaling.ByNorms scaling, Scratch scratch) {
    if (scaling instanceof Scaling.OfGradient lars) {
      scaledGradient(segment, lars, scratch);
    } else if (scaling instanceof Scaling.OfUpdate lamb) {
      scaledUpdate(segment, lamb, scratch);
    }
  }

  private void scaledGradient(Segment segment, Scaling.OfGradient lars, Scratch scratch) {
    double weights = 0;
    double slopes = 0;
    for (int at = segment.start(); at < segment.end(); at += PIECE) {
      int length = Math.min(PIECE, segment.end() - at);
      read(segment, at, length, scratch);
      weights += squares(scratch.parameters, length);
      slopes += squares(scratch.gradient, length);
    }
    float factor = (float) lars.rule().factor(Math.sqrt(weights), Math.sqrt(slopes));
    for (int at = segment.start(); at < segment.end(); at += PIECE) {
      int length = Math.min(PIECE, segment.end() - at);
      read(segment, at, length, scratch);
      lars.decay().apply(scratch.parameters, scratch.gradient, length);
      multiply(scratch.gradient, factor, length);
      rule(segment, at, length, scratch);
      write(at, length, scratch);
    }
  }

  private void scaledUpdate(Segment segment, Scaling.OfUpdate lamb, Scratch scratch) {
    double weights = 0;
    double updates = 0;
    for (int at = segment.start(); at < segment.end(); at += PIECE) {
      int length = Math.min(PIECE, segment.end() - at);
      read(segment, at, length, scratch);
      rule(segment, at, length, scratch);
      lamb.decay().apply(scratch.parameters, scratch.gradient, length);
      weights += squares(scratch.parameters, length);
      updates += squares(scratch.gradient, length);
      gradient.put(at, scratch.gradient, 0, length);
    }
    double norm = Math.sqrt(updates);
    float factor = (float) LambScaling.factor(lamb.rate(), Math.sqrt(weights), norm);
    for (int at = segment.start(); at < segment.end(); at += PIECE) {
      int length = Math.min(PIECE, segment.end() - at);
      gradient.get(at, scratch.gradient, 0, length);
      parameters.get(at, scratch.parameters, 0, length);
      multiply(scratch.gradient, factor, length);
      write(at, length, scratch);
    }
  }

  private static double squares(float[] values, int length) {
    double sum = 0;
    for (int i = 0; i < length; i++) {
      sum += (double) values[i] * values[i];
    }
    return sum;
  }

  private void rule(Segment segment, int at, int length, Scratch scratch) {
    Rule rule = segment.rule();
    FloatBuffer all = state;
    if (rule.states() == 0 || all == null) {
      rule.apply(scratch.gradient, scratch.first, scratch.second, length);
      return;
    }
    int first = segment.state() + at - segment.start();
    int second = first + segment.stateStride();
    all.get(first, scratch.first, 0, length);
    if (rule.states() > 1) {
      all.get(second, scratch.second, 0, length);
    }
    rule.apply(scratch.gradient, scratch.first, scratch.second, length);
    all.put(first, scratch.first, 0, length);
    scratch.see(scratch.first, length);
    if (rule.states() > 1) {
      all.put(second, scratch.second, 0, length);
      scratch.see(scratch.second, length);
    }
  }

  /**
   * Divides values. A power of two, the usual batch size, is replaced by its inverse, which is
   * exact.
   */
  private static void divide(float[] values, float divisor, int length) {
    float inverse = 1 / divisor;
    if (isPowerOfTwo(divisor)) {
      multiply(values, inverse, length);
      return;
    }
    for (int i = 0; i < length; i++) {
      values[i] /= divisor;
    }
  }

  private static void multiply(float[] values, float factor, int length) {
    for (int i = 0; i < length; i++) {
      values[i] *= factor;
    }
  }

  private static boolean isPowerOfTwo(float value) {
    return value == Math.scalb(1f, Math.getExponent(value));
  }

  private static void subtract(float[] from, float[] what, int length) {
    for (int i = 0; i < length; i++) {
      from[i] -= what[i];
    }
  }

  /** The arrays of one thread. */
  private static final class Scratch {
    final float[] parameters = new float[PIECE];
    final float[] gradient = new float[PIECE];
    final float[] first = new float[PIECE];
    final float[] second = new float[PIECE];
    private final float[] zeros = new float[PIECE];

    /**
     * Records whether values are finite. HotSpot vectorises the loop: NaN or infinity times zero is
     * NaN, and sums of NaN stay NaN.
     */
    void see(float[] values, int length) {
      for (int i = 0; i < length; i++) {
        zeros[i] += values[i] * 0f;
      }
    }

    boolean sawFinite() {
      for (float zero : zeros) {
        if (zero != 0) {
          return false;
        }
      }
      return true;
    }
  }
}
