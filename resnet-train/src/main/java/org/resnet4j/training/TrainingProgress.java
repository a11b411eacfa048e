package org.resnet4j.training;

import java.time.Duration;
import org.resnet4j.run.RunRecord;

/** Told how training goes, on the thread that trains. */
public interface TrainingProgress {
  /** Listens to nothing. */
  TrainingProgress NONE = new TrainingProgress() {};

  /**
   * Where training stands; epochs and batches count from 1.
   *
   * @param loss mean of this epoch so far, cross-entropy without weight decay
   * @param accuracy share of this epoch's examples so far, each at the time it was trained on
   * @param examplesPerSecond mean of this epoch so far
   * @param left until the last epoch is evaluated, at the present speed
   */
  record Position(
      int epoch,
      int epochs,
      int batch,
      int batches,
      double loss,
      double accuracy,
      double examplesPerSecond,
      Duration left) {}

  /**
   * Before the first step; the record holds the epochs of the checkpoint that is resumed, if any.
   */
  default void started(RunRecord record) {}

  /** After every step. */
  default void trained(Position position) {}

  /** After every batch of test data. */
  default void evaluated(int examples, int of) {}

  /** After an epoch, which is the record's last, once its checkpoint is safe. */
  default void epochDone(RunRecord record) {}
}
