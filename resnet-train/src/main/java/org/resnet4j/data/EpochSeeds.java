package org.resnet4j.data;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * All chance in batches: a pure function of seed, epoch and position in the data set, so that
 * neither threads nor a resumed run change a pixel.
 */
record EpochSeeds(long seed, boolean shuffled) {
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  /** Which image comes when in zero-based {@code epoch}. */
  int[] order(int epoch, int size) {
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      order[i] = i;
    }
    if (shuffled) {
      RandomGenerator random = generator(epoch, -1);
      for (int i = size - 1; i > 0; i--) {
        int other = random.nextInt(i + 1);
        int kept = order[i];
        order[i] = order[other];
        order[other] = kept;
      }
    }
    return order;
  }

  /** For the transforms of the image at zero-based {@code index} of the data set. */
  RandomGenerator generator(int epoch, int index) {
    return new SplittableRandom(mixed(mixed(mixed(seed) + epoch) + index));
  }

  /** Finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). */
  private static long mixed(long value) {
    long z = value + GOLDEN;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
