package org.resnet4j.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.Normalization;
import org.resnet4j.mixing.Mixing;

/** The settings of {@link Batches}. */
public final class BatchesBuilder {
  /** The bytes of batches prepared ahead, unless {@link #queue} sets their number. */
  private static final long MOST_AHEAD = 1L << 30;

  /** The bytes of decoded images that are kept. */
  private static final long MOST_KEPT = 1L << 33;

  /** A batch is written through one buffer of Java, of less than 2 GiB. */
  private static final long MOST_VALUES = Integer.MAX_VALUE / Float.BYTES;

  private final ImageSource source;
  private int size = 128;
  private @Nullable ImagePipeline pipeline;
  private IntUnaryOperator sides = epoch -> 0;
  private int largestSide;
  private EpochSeeds randomness = new EpochSeeds(0, EpochSeeds.Order.STORED, 1);
  private Mixing mixing = Mixing.NONE;
  private double smoothing;
  private LastBatch last = LastBatch.KEEP;
  private int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
  private int queue;
  private boolean keeps;
  private boolean lends;

  BatchesBuilder(ImageSource source) {
    this.source = source;
  }

  /** Sets the number of images a batch. */
  public BatchesBuilder size(int images) {
    size = atLeastOne("batch size", images);
    return this;
  }

  /**
   * Sets the pipeline that every image goes through. Unless set, images have the shape of the first
   * and pixels are in [0, 1].
   */
  public BatchesBuilder pipeline(ImagePipeline ofImages) {
    pipeline = ofImages;
    return this;
  }

  /**
   * Gives images another side in some epochs.
   *
   * @param ofEpoch side in pixels by the zero-based number of the epoch; 0 for that of the pipeline
   * @param largest of these sides
   */
  public BatchesBuilder sides(IntUnaryOperator ofEpoch, int largest) {
    sides = ofEpoch;
    largestSide = largest;
    return this;
  }

  /** Shuffles every epoch anew; augmentations draw their random numbers from the same seed. */
  public BatchesBuilder shuffle(long seed) {
    randomness = new EpochSeeds(seed, EpochSeeds.Order.SHUFFLED, randomness.repeats());
    return this;
  }

  /**
   * Draws every class equally often, from the seed of {@link #shuffle}. An epoch has as many images
   * as before; those of small classes are repeated, each time augmented anew, and some of large
   * ones are left to other epochs.
   */
  public BatchesBuilder balanced() {
    randomness = randomness.with(EpochSeeds.Order.BALANCED);
    return this;
  }

  /**
   * Has every image of an epoch in it {@code times} times, each time augmented anew (repeated
   * augmentation: Hoffer et al. 2019, arXiv:1901.09335). An epoch has as many images as before, so
   * only one in {@code times} of the source's is in it. These are in the same batch, as from timm's
   * {@code RepeatAugSampler} with one worker. Needs {@link #shuffle} or {@link #balanced}.
   */
  public BatchesBuilder repeats(int times) {
    randomness = randomness.repeated(atLeastOne("repeats", times));
    return this;
  }

  /**
   * Combines the images of every batch, and their labels, after they have been normalised. The seed
   * is that of {@link #shuffle}.
   */
  public BatchesBuilder mixing(Mixing ofBatches) {
    mixing = ofBatches;
    return this;
  }

  /**
   * Replaces labels y by (1 − ε)·y + ε/K for K classes, after mixing: cross-entropy with these is
   * {@code torch.nn.CrossEntropyLoss(label_smoothing=ε)}, and binary cross-entropy timm's {@code
   * BinaryCrossEntropy(smoothing=ε)}.
   *
   * @param epsilon 0 or more and less than 1
   */
  public BatchesBuilder smoothing(double epsilon) {
    if (!(epsilon >= 0 && epsilon < 1)) {
      throw new IllegalArgumentException(
          "label smoothing: expected a value in [0, 1) but was " + epsilon);
    }
    smoothing = epsilon;
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
   * Keeps decoded files for later epochs, as they are before the first augmentation: of at most 12
   * MiB each, in a temporary file of at most 8 GiB and half of the free space. Pixels are the same.
   * Images that are not in files of their own are not kept.
   */
  public BatchesBuilder keepingDecoded(boolean keeping) {
    keeps = keeping;
    return this;
  }

  /**
   * Lends each batch until the next is taken, or all are closed: its native memory is then freed.
   * Unless set, Java's collector frees it, which counts the few bytes of an array's handle.
   */
  public BatchesBuilder lent() {
    lends = true;
    return this;
  }

  /**
   * Returns the batches.
   *
   * @throws IllegalArgumentException when there is not one whole batch, images are repeated in the
   *     source's order, or classes are balanced whose images have several labels
   */
  public Batches build() throws IOException {
    if (last.batches(source.size(), size) == 0) {
      throw new IllegalArgumentException(
          "batches: expected at least one batch of %s images but there are %s; choose a smaller batch or keep the last"
              .formatted(size, source.size()));
    }
    if (randomness.repeats() > 1 && randomness.order() == EpochSeeds.Order.STORED) {
      throw new IllegalArgumentException(
          "repeats: expected a random order, without which only the first of every %s images would be used; shuffle the batches"
              .formatted(randomness.repeats()));
    }
    requireOneLabelToBalance();
    ImagePipeline how =
        pipeline == null
            ? ImagePipeline.exact(source.read(0).shape(), Normalization.UNIT)
            : pipeline;
    BatchMaker maker =
        BatchMaker.of(
            source, how, sides, randomness, new BatchMaker.Labelling(mixing, smoothing), kept());
    int images = Math.min(size, source.size());
    Shape largest = largestSide == 0 ? how.output() : how.ofSide(largestSide).output();
    requireAllocatable(images, maker.shape());
    requireAllocatable(images, largest);
    long values = images * Math.max(maker.shape().size(), largest.size());
    int ahead = queue == 0 ? ahead(values * Float.BYTES) : queue;
    return new Batches(maker, size, last, Math.min(threads, ahead), ahead, lends);
  }

  private @Nullable KeptImages kept() {
    if (!keeps || source.file(0).isEmpty()) {
      return null;
    }
    Path folder = Path.of(System.getProperty("java.io.tmpdir"));
    return KeptImages.create(folder, source.size(), MOST_KEPT);
  }

  private void requireOneLabelToBalance() {
    if (source.isMultiLabel() && randomness.order() == EpochSeeds.Order.BALANCED) {
      throw new IllegalArgumentException(
          "balance: expected one label an image for classes that are drawn equally often, but images have several; set balance=NONE");
    }
  }

  /** Returns one batch more than threads, within {@link #MOST_AHEAD} bytes. */
  private int ahead(long bytesOfBatch) {
    return (int) Math.min(threads + 1L, Math.max(2, MOST_AHEAD / bytesOfBatch));
  }

  private static void requireAllocatable(int images, Shape shape) {
    long most = MOST_VALUES / shape.size();
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
