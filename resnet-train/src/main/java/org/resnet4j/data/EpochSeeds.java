package org.resnet4j.data;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.resnet4j.support.SplitMix;

/**
 * The seeds of all randomness in batches: a pure function of seed, epoch and index in the dataset.
 * Neither the number of threads nor resuming changes a pixel.
 */
record EpochSeeds(long seed, boolean shuffled) {
  /** Returns the indices of the images in the order of zero-based {@code epoch}. */
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

  /**
   * Returns the generator for the transforms of the image at zero-based {@code index} of the
   * dataset.
   */
  RandomGenerator generator(int epoch, int index) {
    long ofRun = SplitMix.at(seed, 0);
    long ofEpoch = SplitMix.at(ofRun + epoch, 0);
    return new SplittableRandom(SplitMix.at(ofEpoch + index, 0));
  }
}
