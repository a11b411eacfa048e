package org.resnet4j.training;

import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.resnet4j.data.Batches;

/** Examples in batches, epoch by epoch; what an epoch holds depends on its number alone. */
public interface EpochBatches {
  /** Number of batches an epoch. */
  int batches();

  /** Number of examples an epoch. */
  int examples();

  /**
   * The batches of zero-based {@code epoch}, from the first one: examples {@code [N, …]} and
   * one-hot labels {@code [N, classes]}. Ends what an earlier call returned.
   */
  DataSetIterator epoch(int epoch);

  /** Images. */
  static EpochBatches of(Batches batches) {
    return new EpochBatches() {
      @Override
      public int batches() {
        return batches.batchesPerEpoch();
      }

      @Override
      public int examples() {
        return batches.imagesPerEpoch();
      }

      @Override
      public DataSetIterator epoch(int epoch) {
        batches.startEpoch(epoch);
        return batches;
      }
    };
  }
}
