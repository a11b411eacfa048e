package org.resnet4j.data;

import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.resnet4j.arch.Shape;
import org.resnet4j.support.Prefetch;

/**
 * Normalised batches {@code [N, C, H, W]} with one-hot labels {@code [N, classes]}, multi-hot ones
 * where images have several labels, or smoothed and mixed ones, prepared on background threads.
 *
 * <pre>{@code
 * try (Batches batches =
 *     Batches.of(source)
 *         .size(128)
 *         .pipeline(
 *             ImagePipeline.exact(new Shape(3, 32, 32), ChannelStats.CIFAR10.normalization())
 *                 .augmented(new RandomCrop(4), new HorizontalFlip()))
 *         .shuffle(42)
 *         .build()) {
 *   graph.fit(batches, 10);
 * }
 * }</pre>
 *
 * <p>Order, augmentations and mixing depend on seed, epoch and index in the dataset alone. {@link
 * #reset} starts the next epoch, {@link #startEpoch} a given one. Not thread-safe.
 */
@SuppressWarnings("serial") // DataSetIterator is Serializable; nothing writes one
public final class Batches implements DataSetIterator, AutoCloseable {
  private final BatchMaker maker;
  private final int size;
  private final int batches;
  private final int threads;
  private final int queue;
  private final boolean lends;
  private Prefetch<DataSet> prefetch;
  private @Nullable DataSet lent;
  private int epoch;
  private int position;
  private boolean closed;
  private @Nullable DataSetPreProcessor preProcessor;

  Batches(BatchMaker maker, int size, LastBatch last, int threads, int queue, boolean lends) {
    this.maker = maker;
    this.size = size;
    batches = last.batches(maker.source().size(), size);
    this.threads = threads;
    this.queue = queue;
    this.lends = lends;
    prefetch = prefetch(0);
  }

  /** Returns a builder of batches of 128 in the source's order, with pixels in [0, 1]. */
  public static BatchesBuilder of(ImageSource source) {
    return new BatchesBuilder(source);
  }

  /** Moves to the first batch of zero-based {@code epoch}. */
  public void startEpoch(int epoch) {
    if (epoch < 0) {
      throw new IllegalArgumentException("epoch: expected 0 or more but was " + epoch);
    }
    prefetch.close();
    prefetch = prefetch(epoch);
    this.epoch = epoch;
    position = 0;
  }

  /** Returns the zero-based epoch of the next batch. */
  public int epoch() {
    return epoch;
  }

  /** Returns the shape of every image. */
  public Shape shape() {
    return maker.shape();
  }

  /** Returns the number of batches an epoch. */
  public int batchesPerEpoch() {
    return batches;
  }

  /**
   * Returns the number of images an epoch, without those that {@link LastBatch#DROP} leaves out.
   */
  public int imagesPerEpoch() {
    return (int) Math.min(maker.source().size(), (long) batches * size);
  }

  @Override
  public boolean hasNext() {
    return !closed && position < batches;
  }

  /**
   * Returns the next batch, whose arrays belong to no workspace; with {@link BatchesBuilder#lent},
   * frees those of the one before.
   *
   * @throws java.io.UncheckedIOException with the reader's message when an image cannot be read
   */
  @Override
  public DataSet next() {
    if (!hasNext()) {
      throw new NoSuchElementException(
          "epoch %s: expected at most %s batches; reset() starts the next epoch"
              .formatted(epoch, batches));
    }
    position++;
    takeBack();
    DataSet batch = prefetch.next();
    if (lends) {
      lent = batch;
    }
    if (preProcessor != null) {
      preProcessor.preProcess(batch);
    }
    return batch;
  }

  /** Frees the arrays of the batch that was lent. */
  private void takeBack() {
    if (lent != null) {
      Stream.of(lent.getFeatures(), lent.getLabels())
          .filter(INDArray::closeable)
          .forEach(INDArray::close);
      lent = null;
    }
  }

  private Prefetch<DataSet> prefetch(int ofEpoch) {
    EpochOrder order = maker.randomness().order(ofEpoch, maker.source(), size);
    return new Prefetch<>(
        threads,
        queue,
        IntStream.range(0, batches)
            .mapToObj(batch -> task(order, batch * size, ofEpoch))
            .iterator());
  }

  private Callable<DataSet> task(EpochOrder order, int from, int ofEpoch) {
    int to = from + Math.min(size, order.indices().length - from);
    return () -> maker.batch(order, from, to, ofEpoch);
  }

  /** Starts the next epoch, or restarts this one if none of its batches was used. */
  @Override
  public void reset() {
    startEpoch(position == 0 ? epoch : epoch + 1);
  }

  @Override
  public void close() {
    closed = true;
    prefetch.close();
    takeBack();
    maker.close();
  }

  /** Returns the next batch; refuses a {@code count} other than the batch size. */
  @Override
  public DataSet next(int count) {
    if (count != size) {
      throw new IllegalArgumentException(
          "next: expected the batch size, %s, but was %s".formatted(size, count));
    }
    return next();
  }

  @Override
  public int inputColumns() {
    return Math.toIntExact(shape().size());
  }

  @Override
  public int totalOutcomes() {
    return maker.source().classes().size();
  }

  @Override
  public boolean resetSupported() {
    return true;
  }

  /** Returns false: batches are already prepared on background threads. */
  @Override
  public boolean asyncSupported() {
    return false;
  }

  @Override
  public int batch() {
    return size;
  }

  @Override
  public void setPreProcessor(@Nullable DataSetPreProcessor preProcessor) {
    this.preProcessor = preProcessor;
  }

  @Override
  public @Nullable DataSetPreProcessor getPreProcessor() {
    return preProcessor;
  }

  @Override
  public List<String> getLabels() {
    return maker.source().classes();
  }
}
