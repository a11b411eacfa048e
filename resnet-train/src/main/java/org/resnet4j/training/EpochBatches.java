package org.resnet4j.training;

import java.util.Iterator;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.resnet4j.data.Batches;

/** The batches of examples, epoch by epoch; an epoch's content depends on its number alone. */
public interface EpochBatches {
  /** Returns the number of batches an epoch. */
  int batches();

  /** Returns the number of examples an epoch. */
  int examples();

  /**
   * Returns the batches of zero-based {@code epoch}, from the first one: examples {@code [N, …]}
   * and one-hot or multi-hot labels {@code [N, classes]}. It invalidates the iterator of an earlier
   * call.
   */
  DataSetIterator epoch(int epoch);

  /** Returns the batches of epoch after epoch, without end, from the first. */
  default Iterator<DataSet> endless() {
    return new Iterator<>() {
      private int epoch;
      private DataSetIterator batches = epoch(epoch);

      @Override
      public boolean hasNext() {
        return true;
      }

      @Override
      public DataSet next() {
        if (!batches.hasNext()) {
          batches = epoch(++epoch);
        }
        return batches.next();
      }
    };
  }

  /** Returns the epochs of batches of images. */
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
