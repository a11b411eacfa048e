package org.resnet4j.training;

import java.util.List;
import org.resnet4j.run.RunSetup;

/**
 * The time and memory that a training will take on this machine, from a trial of its first steps.
 *
 * @param phases in their order: one, or two if the classifier is trained alone first
 * @param batches of an epoch
 * @param testSeconds of one evaluation on all test data
 * @param residentBytes of the process at most, with the heap as far as Java took it
 * @param nativeBytes of these beside Java's heap: parameters, activations, libraries
 * @param heapBytes of Java in use after a collection
 * @param checkpointBytes size of {@code model.zip} with the updater's state
 * @param checkpointSeconds time to write it
 */
public record Forecast(
    RunSetup setup,
    List<Phase> phases,
    int batches,
    double testSeconds,
    long residentBytes,
    long nativeBytes,
    long heapBytes,
    long checkpointBytes,
    double checkpointSeconds) {

  /**
   * Epochs of equal cost.
   *
   * @param stepSeconds mean time of a step, decoding and augmentation included where they are what
   *     it waits for
   */
  public record Phase(int epochs, double stepSeconds) {}

  public Forecast {
    phases = List.copyOf(phases);
  }

  /** Returns the time of an epoch of {@code phase}, an evaluation and the checkpoint included. */
  public double epochSeconds(Phase phase) {
    int every = setup.recipe().evaluateEvery();
    double tests = every == 0 ? 0 : testSeconds / every;
    return batches * phase.stepSeconds() + tests + checkpointSeconds;
  }

  /** Returns the time of all epochs; early stopping may end a training sooner. */
  public double seconds() {
    double last = setup.recipe().evaluateEvery() == 0 ? testSeconds : 0;
    return phases.stream().mapToDouble(phase -> phase.epochs() * epochSeconds(phase)).sum() + last;
  }
}
