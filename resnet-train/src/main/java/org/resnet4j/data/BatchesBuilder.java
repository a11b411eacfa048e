package org.resnet4j.data;

import java.io.IOException;
import java.util.List;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.Transform;

/** How a source becomes {@link Batches}. */
public final class BatchesBuilder {
  /** Bytes of batches that wait for their consumer, unless their number is set. */
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

  /** Images a batch. */
  public BatchesBuilder size(int images) {
    size = atLeastOne("batch size", images);
    return this;
  }

  /** Applied to every image, in this order. */
  public BatchesBuilder transforms(Transform... inOrder) {
    return transforms(List.of(inOrder));
  }

  /** Applied to every image, in this order. */
  public BatchesBuilder transforms(List<Transform> inOrder) {
    transforms = List.copyOf(inOrder);
    return this;
  }

  /** What pixels are normalised with, after the transforms. */
  public BatchesBuilder stats(ChannelStats ofPixels) {
    stats = ofPixels;
    return this;
  }

  /** A new order every epoch; the transforms' chance follows from the same seed. */
  public BatchesBuilder shuffle(long seed) {
    randomness = new EpochSeeds(seed, true);
    return this;
  }

  /** What happens to a partial batch at the end of an epoch. */
  public BatchesBuilder last(LastBatch partial) {
    last = partial;
    return this;
  }

  /** Background threads; half the processors unless set. */
  public BatchesBuilder threads(int count) {
    threads = atLeastOne("threads", count);
    return this;
  }

  /**
   * Batches made ahead, each held in memory as floats; one more than threads unless set, and then
   * at most a gigabyte.
   */
  public BatchesBuilder queue(int batches) {
    queue = atLeastOne("queue", batches);
    return this;
  }

  /**
   * Reads the first image, to know the shape of all.
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

  /** One batch more than threads, as far as they fit. */
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
