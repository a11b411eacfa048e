package org.resnet4j.training;

import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/** Measures the position of training and estimates its end. */
final class ProgressEstimator {
  private static final double MILLIS = 1000;

  private final Clock clock;
  private final int epochs;
  private final int batches;
  private final int evaluateEvery;
  private int epoch;
  private int batch;
  private long epochStarted;
  private long testStarted;
  private double epochMillis;
  private double testMillis;
  private double trainingMillis;
  private double lastTestMillis;
  private long batchesTimed;

  /**
   * Creates an estimator for a test after every {@code evaluateEvery} epochs; 0 for one after the
   * last.
   */
  ProgressEstimator(Clock clock, int epochs, int batches, int evaluateEvery) {
    this.clock = clock;
    this.epochs = epochs;
    this.batches = batches;
    this.evaluateEvery = evaluateEvery;
  }

  void epochStarts(int zeroBasedEpoch) {
    epoch = zeroBasedEpoch;
    batch = 0;
    epochStarted = clock.millis();
  }

  void batchDone() {
    batch++;
  }

  void epochEnds() {
    epochMillis = clock.millis() - epochStarted;
    trainingMillis += epochMillis;
    batchesTimed += batch;
    testMillis = 0;
  }

  void testStarts() {
    testStarted = clock.millis();
  }

  void testEnds() {
    testMillis = clock.millis() - testStarted;
    lastTestMillis = testMillis;
  }

  boolean isTestDue(int zeroBasedEpoch) {
    return zeroBasedEpoch == epochs - 1
        || (evaluateEvery > 0 && (zeroBasedEpoch + 1) % evaluateEvery == 0);
  }

  /** Returns the position, from sums over the examples of this epoch so far. */
  TrainingProgress.Position position(double loss, long correct, long examples) {
    double millis = clock.millis() - epochStarted;
    return new TrainingProgress.Position(
        epoch + 1,
        epochs,
        batch,
        batches,
        loss / examples,
        correct / (double) examples,
        millis == 0 ? 0 : examples * MILLIS / millis,
        left(millis));
  }

  private Duration left(double millis) {
    double perBatch = (trainingMillis + millis) / (batchesTimed + batch);
    long batchesLeft = (long) (epochs - epoch) * batches - batch;
    long testsLeft = 0;
    for (int e = epoch; e < epochs; e++) {
      testsLeft += isTestDue(e) ? 1 : 0;
    }
    return Duration.ofMillis((long) (perBatch * batchesLeft + lastTestMillis * testsLeft));
  }

  /** Returns the number of the current or just finished epoch, counted from 1. */
  int epoch() {
    return epoch + 1;
  }

  double epochSeconds() {
    return epochMillis / MILLIS;
  }

  /** Returns the seconds since the epoch ended; 0 without a test. */
  double testSeconds() {
    return testMillis / MILLIS;
  }

  /** Returns the time, in ISO 8601. */
  String now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS).toString();
  }

  /** Returns the current step for messages, counted from 1. */
  String where() {
    return "epoch %s of %s, step %s of %s"
        .formatted(epoch + 1, epochs, Math.min(batch + 1, batches), batches);
  }
}
