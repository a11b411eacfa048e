package org.resnet4j.data;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.resnet4j.support.SplitMix;

/**
 * The seeds of all randomness in batches: a pure function of seed, epoch and index in the dataset.
 * Neither the number of threads nor resuming changes a pixel.
 *
 * @param repeats number of times that every image of an epoch is in it
 */
record EpochSeeds(long seed, Order order, int repeats) {
  /** The order of the images in an epoch. */
  enum Order {
    /** The source's own order. */
    STORED,
    /** Every image once, in random order. */
    SHUFFLED,
    /** Every class equally often, in random order. */
    BALANCED
  }

  EpochSeeds with(Order other) {
    return new EpochSeeds(seed, other, repeats);
  }

  EpochSeeds repeated(int times) {
    return new EpochSeeds(seed, order, times);
  }

  /**
   * Returns the indices of the images in the order of zero-based {@code epoch}, as many as there
   * are images.
   *
   * @param batch number of images a batch
   */
  EpochOrder order(int epoch, ImageSource source, int batch) {
    int[] all = IntStream.range(0, source.size()).toArray();
    RandomGenerator random = generator(epoch, -1);
    int different = (int) ((all.length + repeats - 1L) / repeats);
    int[] once =
        switch (order) {
          case STORED -> all;
          case SHUFFLED -> shuffled(all, random);
          case BALANCED -> balanced(all, different, source, random);
        };
    return EpochOrder.of(repeats == 1 ? once : repeated(once, all.length, batch), all.length);
  }

  /**
   * Returns the first images, each {@link #repeats} times. A batch has those of consecutive places
   * in {@code a a a b b b c c …}, in the order in which they were dealt to {@link #repeats} workers
   * of which one follows the other. Mixing thus combines different images.
   */
  private int[] repeated(int[] once, int count, int batch) {
    int[] dealt = new int[count];
    int to = 0;
    while (to < count) {
      int from = to;
      int end = (int) Math.min(count, (long) from + batch);
      for (int worker = 0; worker < Math.min(repeats, end - from); worker++) {
        for (long i = (long) from + worker; i < end; i += repeats) {
          dealt[to++] = once[(int) (i / repeats)];
        }
      }
    }
    return dealt;
  }

  /**
   * Returns {@code count} indices. The numbers of two classes differ by 1 at most, and within a
   * class those of two images.
   */
  private static int[] balanced(int[] all, int count, ImageSource source, RandomGenerator random) {
    int[][] ofClass =
        IntStream.range(0, source.classes().size())
            .mapToObj(label -> Arrays.stream(all).filter(i -> source.label(i) == label).toArray())
            .filter(images -> images.length > 0)
            .toArray(int[][]::new);
    int[] turns = shuffled(IntStream.range(0, ofClass.length).toArray(), random);
    int[] drawn = new int[count];
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
    return generator(epoch, order == Order.BALANCED || repeats > 1 ? place : index);
  }

  /**
   * Returns whether alternating flips mirror the image at zero-based {@code index}: at random in
   * the first epoch, then in every other one. An image that is repeated in an epoch changes each
   * time.
   *
   * @param repetition how often the image came before in the epoch
   */
  boolean mirrors(int epoch, int index, int repetition) {
    boolean first = SplitMix.at(SplitMix.at(seed, 1) + index, 0) < 0;
    return first ^ ((epoch + repetition) % 2 == 1);
  }

  /** Returns the generator for the batch that begins with the image at {@code place}. */
  RandomGenerator ofBatch(int epoch, int place) {
    long ofBatches = SplitMix.at(ofEpoch(epoch), 1);
    return new SplittableRandom(SplitMix.at(ofBatches + place, 0));
  }

  private RandomGenerator generator(int epoch, int index) {
    return new SplittableRandom(SplitMix.at(ofEpoch(epoch) + index, 0));
  }

  private long ofEpoch(int epoch) {
    return SplitMix.at(SplitMix.at(seed, 0) + epoch, 0);
  }
}
