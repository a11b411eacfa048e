package org.resnet4j.training;

import java.nio.file.Path;
import java.time.Duration;
import org.resnet4j.data.ImageFindings;
import org.resnet4j.run.RunRecord;
import org.resnet4j.run.RunSetup;

/** A listener to training, called on the thread that trains. */
public interface TrainingProgress {
  /** The listener that does nothing: training is silent. */
  TrainingProgress NONE = new TrainingProgress() {};

  /**
   * The position of training; epochs and batches count from 1.
   *
   * @param loss mean of this epoch so far, cross-entropy without weight decay
   * @param accuracy share of this epoch's examples classified correctly so far, each in its
   *     training step
   * @param examplesPerSecond mean of this epoch so far
   * @param left time until the last epoch is evaluated, at the present speed
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

  /** Called after every image that is examined before training. */
  default void examined(int images, int of) {}

  /** Called with what there is to say about the images, unless they cannot be trained on. */
  default void found(ImageFindings findings) {}

  /** Called once the settings have been accepted, with the folder of the run. */
  default void prepared(RunSetup setup, Path folder) {}

  /** Called before the first step; the record holds the epochs of a resumed checkpoint, if any. */
  default void started(RunRecord record) {}

  /** Called when something looks wrong; training goes on. */
  default void warned(String message) {}

  /** Called after every step. */
  default void trained(Position position) {}

  /** Called after every batch of test data. */
  default void evaluated(int examples, int of) {}

  /** Called after every epoch, once its checkpoint is written; the epoch is the record's last. */
  default void epochDone(RunRecord record) {}
}
