package org.resnet4j.data;

import java.io.IOException;
import java.util.List;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.Transform;

/** The settings of {@link Batches}. */
public final class BatchesBuilder {
  /** The bytes of batches prepared ahead, unless {@link #queue} sets their number. */
  private static final long MOST_AHEAD = 1L << 30;

  private final ImageSource source;
  private int size = 128;
  private List<Transform> transforms = List.of();
  private ChannelStats stats = ChannelStats.NONE;
  private EpochSeeds randomness = new EpochSeeds(0, false);
  private LastBatch last = LastBatch.KEEP;
  private int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
  private int queue;

  BatchesBuilder(ImageSource source) {
    this.source = source;
  }

  /** Sets the number of images a batch. */
  public BatchesBuilder size(int images) {
    size = atLeastOne("batch size", images);
    return this;
  }

  /** Sets the transforms that every image goes through, in this order. */
  public BatchesBuilder transforms(Transform... inOrder) {
    return transforms(List.of(inOrder));
  }

  /** Sets the transforms that every image goes through, in this order. */
  public BatchesBuilder transforms(List<Transform> inOrder) {
    transforms = List.copyOf(inOrder);
    return this;
  }

  /** Sets the statistics that pixels are normalised with, after the transforms. */
  public BatchesBuilder stats(ChannelStats ofPixels) {
    stats = ofPixels;
    return this;
  }

  /** Shuffles every epoch anew; transforms draw their random numbers from the same seed. */
  public BatchesBuilder shuffle(long seed) {
    randomness = new EpochSeeds(seed, true);
    return this;
  }

  /** Sets what happens to a partial batch at the end of an epoch. */
  public BatchesBuilder last(LastBatch partial) {
    last = partial;
    return this;
  }

  /** Sets the number of background threads; half the processors unless set. */
  public BatchesBuilder threads(int count) {
    threads = atLeastOne("threads", count);
    return this;
  }

  /**
   * Sets the number of batches prepared ahead, each held in memory as floats. Unless set, it is one
   * more than the threads, within a gigabyte.
   */
  public BatchesBuilder queue(int batches) {
    queue = atLeastOne("queue", batches);
    return this;
  }

  /**
   * Reads the first image for its shape and returns the batches.
   *
   * @throws IllegalArgumentException when there is not one whole batch, or the statistics are for
   *     another number of channels
   */
  public Batches build() throws IOException {
    if (last.batches(source.size(), size) == 0) {
      throw new IllegalArgumentException(
          "batches: expected at least one batch of %s images but there are %s; choose a smaller batch or keep the last"
              .formatted(size, source.size()));
    }
    BatchMaker maker = BatchMaker.of(source, transforms, stats, randomness);
    int images = Math.min(size, source.size());
    requireAllocatable(images, maker.shape());
    int ahead = queue == 0 ? ahead(images * maker.shape().size() * Float.BYTES) : queue;
    return new Batches(maker, size, last, Math.min(threads, ahead), ahead);
  }

  /** Returns one batch more than threads, within {@link #MOST_AHEAD} bytes. */
  private int ahead(long bytesOfBatch) {
    return (int) Math.min(threads + 1L, Math.max(2, MOST_AHEAD / bytesOfBatch));
  }

  private static void requireAllocatable(int images, Shape shape) {
    long most = Integer.MAX_VALUE / shape.size();
    if (images > most) {
      throw new IllegalArgumentException(
          "batch size: expected at most %s images of %s but was %s".formatted(most, shape, images));
    }
  }

  private static int atLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": expected at least 1 but was " + value);
    }
    return value;
  }
}
