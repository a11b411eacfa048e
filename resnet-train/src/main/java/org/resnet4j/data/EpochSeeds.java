package org.resnet4j.data;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.resnet4j.support.SplitMix;

/**
 * The seeds of all randomness in batches: a pure function of seed, epoch and index in the dataset.
 * Neither the number of threads nor resuming changes a pixel.
 */
record EpochSeeds(long seed, Order order) {
  /** The order of the images in an epoch. */
  enum Order {
    /** The source's own order. */
    STORED,
    /** Every image once, in random order. */
    SHUFFLED,
    /** Every class equally often, in random order. */
    BALANCED
  }

  /** Returns the indices of the images in the order of zero-based {@code epoch}. */
  int[] order(int epoch, ImageSource source) {
    int[] all = IntStream.range(0, source.size()).toArray();
    RandomGenerator random = generator(epoch, -1);
    return switch (order) {
      case STORED -> all;
      case SHUFFLED -> shuffled(all, random);
      case BALANCED -> balanced(all, source, random);
    };
  }

  /**
   * Returns as many indices as there are images. The numbers of two classes differ by 1 at most,
   * and within a class those of two images.
   */
  private static int[] balanced(int[] all, ImageSource source, RandomGenerator random) {
    int[][] ofClass =
        IntStream.range(0, source.classes().size())
            .mapToObj(label -> Arrays.stream(all).filter(i -> source.label(i) == label).toArray())
            .filter(images -> images.length > 0)
            .toArray(int[][]::new);
    int[] turns = shuffled(IntStream.range(0, ofClass.length).toArray(), random);
    int[] drawn = new int[all.length];
    for (int i = 0; i < drawn.length; i++) {
      int[] images = ofClass[turns[i % turns.length]];
      int turn = i / turns.length % images.length;
      if (turn == 0) {
        shuffled(images, random);
      }
      drawn[i] = images[turn];
    }
    return shuffled(drawn, random);
  }

  private static int[] shuffled(int[] values, RandomGenerator random) {
    for (int i = values.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int kept = values[i];
      values[i] = values[other];
      values[other] = kept;
    }
    return values;
  }

  /**
   * Returns the generator for the transforms of the image at zero-based {@code index} of the
   * dataset.
   *
   * @param place of the image in the epoch; one that is drawn again is changed in another way
   */
  RandomGenerator generator(int epoch, int index, int place) {
    return generator(epoch, order == Order.BALANCED ? place : index);
  }

  private RandomGenerator generator(int epoch, int index) {
    long ofRun = SplitMix.at(seed, 0);
    long ofEpoch = SplitMix.at(ofRun + epoch, 0);
    return new SplittableRandom(SplitMix.at(ofEpoch + index, 0));
  }
}
