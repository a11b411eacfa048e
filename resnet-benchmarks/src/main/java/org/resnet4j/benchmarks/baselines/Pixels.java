package org.resnet4j.benchmarks.baselines;

import java.util.SplittableRandom;
import org.resnet4j.arch.Shape;

/**
 * Creates random images, the same in every process. It does not use ND4J, so that baselines run
 * without it.
 */
final class Pixels {
  private static final long SEED = 43;

  private Pixels() {}

  /** Returns {@code [count, C, H, W]} values in c order, uniform in [-1, 1). */
  static float[] of(Shape shape, int count) {
    SplittableRandom random = new SplittableRandom(SEED);
    float[] values = new float[Math.toIntExact(count * shape.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }

  /** Returns the shape of the array that holds {@code values} values. */
  static long[] sizes(Shape shape, long values) {
    long count = values / shape.size();
    return shape.isVector()
        ? new long[] {count, shape.channels()}
        : new long[] {count, shape.channels(), shape.height(), shape.width()};
  }
}
