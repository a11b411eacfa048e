package org.resnet4j.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.OldArchitecture;
import org.resnet4j.recipe.OldRecipe;
import org.resnet4j.support.AtomicFile;
import org.resnet4j.support.BoundedFile;
import org.resnet4j.support.Json;
import org.resnet4j.support.JsonException;
import org.resnet4j.train.Accelerated;
import org.resnet4j.zoo.Provenance;

/**
 * The setup and results of a training run: {@code run.json}, also stored in every checkpoint.
 *
 * @param engine that computed the last of these epochs, or will compute the first
 * @param started time at which the first epoch began, in ISO 8601
 * @param epochs that have been completed
 * @param best number of the epoch whose network is the model, counted from 1: that of the highest
 *     {@link Epoch#score}, of equal ones the first, or the last epoch while none is evaluated; 0
 *     before the first
 * @param evaluation on the test data, of the network after the epoch {@code best}; null if it was
 *     not evaluated
 * @param notes what a reader of the results should know, as sentences
 */
public record RunRecord(
    RunSetup setup,
    Environment environment,
    String engine,
    String started,
    Status status,
    List<Epoch> epochs,
    int best,
    @Nullable EvaluationResult evaluation,
    List<String> notes) {

  /** The progress of a run. */
  public enum Status {
    /** A run with epochs left, whether or not a process is training. */
    UNFINISHED,
    /** A run with all epochs done and the test data classified. */
    FINISHED
  }

  /**
   * The measurements of one epoch.
   *
   * @param epoch counted from 1
   * @param learningRate of its last step
   * @param loss mean of its batches as they were trained on, mixed and smoothed, without weight
   *     decay
   * @param accuracy share of its examples that were classified correctly in their training step; of
   *     examples with several labels, the share whose predicted labels were exactly the true ones
   * @param testAccuracy after the epoch; null if not evaluated
   * @param seconds spent on training
   * @param testSeconds spent on the test data; 0 if not evaluated
   * @param ended time at which it ended, in ISO 8601; null in records of older runs
   * @param testMeanAveragePrecision after the epoch; null if not evaluated, and where examples have
   *     one label each
   */
  public record Epoch(
      int epoch,
      double learningRate,
      double loss,
      double accuracy,
      @Nullable Double testAccuracy,
      double seconds,
      double testSeconds,
      @Nullable String ended,
      @Nullable Double testMeanAveragePrecision) {
    public Epoch {
      ended = ended == null ? null : Instant.parse(ended).toString();
    }

    /**
     * Returns the figure by which epochs are compared: the mean average precision of examples with
     * several labels, and else the test accuracy; null if not evaluated.
     */
    public @Nullable Double score() {
      return testMeanAveragePrecision == null ? testAccuracy : testMeanAveragePrecision;
    }
  }

  public RunRecord {
    // Records of older runs lack these; their model is that of the last epoch.
    engine = Objects.requireNonNullElse(engine, Accelerated.STOCK);
    notes = List.copyOf(Objects.requireNonNullElse(notes, List.of()));
    epochs = List.copyOf(epochs);
    started = Instant.parse(started).toString();
    best = best == 0 ? epochs.size() : best;
    if (best < 0 || best > epochs.size()) {
      throw new IllegalArgumentException(
          "best: expected one of %s epochs but was %s".formatted(epochs.size(), best));
    }
  }

  /** Reads {@code run.json}. */
  public static RunRecord read(Path file) throws IOException {
    byte[] json =
        BoundedFile.read(
            file,
            Provenance.MOST_RUN_BYTES,
            "expected at most %s bytes of a run record but there are more"
                .formatted(Provenance.MOST_RUN_BYTES));
    return parse(file.toString(), json);
  }

  /**
   * Returns the record in {@code json}.
   *
   * @param where name of the file in messages
   */
  public static RunRecord parse(String where, byte[] json) throws IOException {
    try {
      Object tree = Json.parse(new String(json, StandardCharsets.UTF_8));
      if (tree instanceof Map<?, ?> fields) {
        OldArchitecture.upgrade(fields.get("setup"));
        OldRecipe.upgrade(fields.get("setup"));
      }
      return Json.read(tree, RunRecord.class);
    } catch (JsonException e) {
      throw new IOException(where + ": expected the record of a run but: " + e.getMessage(), e);
    }
  }

  /** Writes {@code run.json} atomically. */
  public void write(Path file) throws IOException {
    AtomicFile.write(file, toJson());
  }

  /** Returns the content of {@code run.json}. */
  public String toJson() {
    return Json.document(this);
  }

  /** Returns the record of a run that has no epochs yet. */
  public static RunRecord started(RunSetup setup, Environment environment, String now) {
    return new RunRecord(
        setup,
        environment,
        Accelerated.STOCK,
        now,
        Status.UNFINISHED,
        List.of(),
        0,
        null,
        List.of());
  }

  /** Returns this record with one more epoch and, if the test data were classified, the result. */
  public RunRecord plus(Epoch epoch, @Nullable Predictions test) {
    List<Epoch> more = joined(epochs, List.of(epoch));
    int last = more.size();
    boolean better = isBetter(epoch);
    int newBest = better ? last : best;
    int patience = setup.recipe().patience();
    boolean isStopped =
        last < setup.recipe().epochs()
            && test != null
            && patience > 0
            && last - newBest >= patience;
    EvaluationResult result = test == null ? null : test.result();
    return new RunRecord(
        setup,
        environment,
        engine,
        started,
        isStopped || last == setup.recipe().epochs() ? Status.FINISHED : Status.UNFINISHED,
        more,
        newBest,
        better ? result : evaluation,
        isStopped ? joined(notes, List.of(stopped(last, newBest))) : notes);
  }

  private boolean isBetter(Epoch epoch) {
    Double before = best == 0 ? null : epochs.get(best - 1).score();
    Double now = epoch.score();
    return before == null || (now != null && now > before);
  }

  private static String stopped(int last, int best) {
    return "Training stopped after epoch %s: none of %s epochs was more accurate than epoch %s."
        .formatted(last, last - best, best);
  }

  /** Returns whether the model is the network after the last epoch. */
  public boolean isLastBest() {
    return best == epochs.size();
  }

  /** Returns this record, to be continued with {@code byEngine} in the environment {@code now}. */
  public RunRecord on(Environment now, String byEngine) {
    return new RunRecord(setup, now, byEngine, started, status, epochs, best, evaluation, notes);
  }

  /** Returns this record with the setup {@code now}. */
  RunRecord continued(RunSetup now, boolean ends) {
    Status next = ends ? Status.FINISHED : Status.UNFINISHED;
    return new RunRecord(now, environment, engine, started, next, epochs, best, evaluation, notes);
  }

  /** Returns whether no epochs are left. */
  public boolean isFinished() {
    return status == Status.FINISHED;
  }

  /** Returns this record with more notes. */
  public RunRecord noting(List<String> more) {
    return new RunRecord(
        setup, environment, engine, started, status, epochs, best, evaluation, joined(notes, more));
  }

  private static <T> List<T> joined(List<T> first, List<T> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }
}
