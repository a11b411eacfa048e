package org.resnet4j.training;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.network.ResNetGraph;
import org.resnet4j.run.Environment;
import org.resnet4j.run.Predictions;
import org.resnet4j.run.RunRecord;
import org.resnet4j.run.SetupDifference;
import org.resnet4j.support.AtomicFile;
import org.resnet4j.support.SplitMix;
import org.resnet4j.train.Accelerated;

/**
 * Trains a network with Deeplearning4j's {@code fit}, with a checkpoint after every epoch.
 *
 * <pre>{@code
 * Training.Result result =
 *     Training.of(setup, EpochBatches.of(training), EpochBatches.of(test)).progress(bar).start(Start.RESUME).run(folder);
 * }</pre>
 *
 * <p>The folder gets {@code model.zip}, a plain Deeplearning4j zip, and {@code run.json}. A run
 * that was killed and resumed is bit-for-bit equal to an uninterrupted one. Order, augmentation and
 * dropout of an epoch depend on the seed and its number, and the checkpoint holds the rest.
 */
public final class Training {
  /** The name of the checkpoint in the folder of a run. */
  public static final String MODEL = "model.zip";

  /** The name of the run record in the folder of a run. */
  public static final String RECORD = "run.json";

  /** The treatment of a model that is already in the folder. */
  public enum Start {
    /** Refuses a folder that has a model. */
    FRESH,
    /** Continues the model; without one, training starts at the first epoch. */
    RESUME,
    /** Replaces the model once the first epoch is done. */
    OVERWRITE
  }

  /** A trained network, its run, and its predictions on the test data. */
  public record Result(Path folder, ComputationGraph graph, RunRecord record, Predictions test) {}

  private final RunRecord.Setup setup;
  private final EpochBatches training;
  private final EpochBatches test;
  private Start start = Start.FRESH;
  private TrainingProgress progress = TrainingProgress.NONE;
  private Clock clock = Clock.systemUTC();
  private int evaluateEvery = 1;
  private UnaryOperator<ComputationGraph> engine = graph -> graph;

  private Training(RunRecord.Setup setup, EpochBatches training, EpochBatches test) {
    this.setup = setup;
    this.training = training;
    this.test = test;
  }

  /** Returns a training of {@code setup} on the given data. */
  public static Training of(RunRecord.Setup setup, EpochBatches training, EpochBatches test) {
    return new Training(setup, training, test);
  }

  /** Sets the treatment of an existing model; {@code FRESH} unless set. */
  public Training start(Start value) {
    start = value;
    return this;
  }

  public Training progress(TrainingProgress value) {
    progress = value;
    return this;
  }

  /**
   * Classifies the test data after every {@code epochs} and the last; 0 for after the last only.
   */
  public Training evaluateEvery(int epochs) {
    evaluateEvery = epochs;
    return this;
  }

  /**
   * Sets the function that maps the network before its first step to the graph to train, which must
   * share its parameters. The record names an {@link Accelerated} one as its engine.
   */
  public Training engine(UnaryOperator<ComputationGraph> value) {
    engine = value;
    return this;
  }

  /** Sets the clock for dates and durations in the record; nothing else depends on it. */
  public Training clock(Clock value) {
    clock = value;
    return this;
  }

  /**
   * Trains until all epochs are done.
   *
   * @throws FileAlreadyExistsException when {@code folder} has a model and the start is {@code
   *     FRESH}
   * @throws IllegalArgumentException when the model in the folder has another setup
   * @throws TrainingDivergedException when a value becomes NaN or Inf
   */
  public Result run(Path folder) throws IOException {
    AtomicFile.createFolder(folder);
    Path lock = folder.resolve(".lock");
    try (FileChannel channel =
            FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = channel.tryLock()) {
      if (held == null) {
        throw new IOException(folder + ": another training is at work here; choose another folder");
      }
      return runAlone(folder);
    } catch (OverlappingFileLockException e) {
      throw new IOException(
          folder + ": another training is at work here; choose another folder", e);
    }
  }

  private Result runAlone(Path folder) throws IOException {
    Path model = folder.resolve(MODEL);
    RunRecord record = startingPoint(model);
    ComputationGraph graph =
        engine.apply(record.epochs().isEmpty() ? network() : Checkpoint.graph(model));
    record = record.on(Environment.here(), Accelerated.engine(graph));
    int epochs = setup.recipe().epochs();
    Meter meter =
        new Meter(
            new ProgressEstimator(clock, epochs, training.batches(), evaluateEvery), progress);
    Predictions predictions = null;
    record.write(folder.resolve(RECORD));
    progress.started(record);
    for (int epoch = record.epochs().size(); epoch < epochs; epoch++) {
      fit(graph, meter, epoch);
      predictions = meter.pace().isTestDue(epoch) ? classify(graph, meter.pace()) : null;
      record = record.plus(meter.epoch(predictions), predictions);
      Checkpoint.write(model, graph, record);
      record.write(folder.resolve(RECORD));
      progress.epochDone(record);
    }
    return new Result(
        folder, graph, record, predictions == null ? classify(graph, meter.pace()) : predictions);
  }

  private RunRecord startingPoint(Path model) throws IOException {
    if (Files.exists(model)) {
      if (start == Start.FRESH) {
        throw new FileAlreadyExistsException(
            model.toString(),
            null,
            "there is a model; resume it, overwrite it or choose another folder");
      }
      if (start == Start.RESUME) {
        RunRecord before = Checkpoint.record(model);
        Optional<String> difference = SetupDifference.between(before.setup(), setup);
        if (difference.isPresent()) {
          throw new IllegalArgumentException(
              model
                  + ": expected the same setup as before but "
                  + difference.get()
                  + "; leave out what changes it, or choose another folder");
        }
        return before;
      }
    }
    String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    return RunRecord.started(setup, Environment.here(), now);
  }

  private ComputationGraph network() {
    return ResNetGraph.of(setup.architecture())
        .seed(setup.seed())
        .updater(setup.recipe().updater(training.batches()))
        .weightDecay(setup.recipe().weightDecay())
        .network();
  }

  private void fit(ComputationGraph graph, Meter meter, int epoch) {
    Nd4j.getRandom().setSeed(SplitMix.at(setup.seed(), epoch));
    List<TrainingListener> others = List.copyOf(graph.getListeners());
    graph.addListeners(meter);
    try {
      meter.epochStarts(epoch);
      graph.fit(training.epoch(epoch));
      meter.epochEnds();
    } finally {
      graph.setListeners(others);
    }
  }

  private Predictions classify(ComputationGraph graph, ProgressEstimator pace) {
    int examples = test.examples();
    pace.testStarts();
    Predictions predictions =
        Predictions.of(
            graph::outputSingle,
            test.epoch(0),
            setup.classes(),
            done -> progress.evaluated(done, examples));
    pace.testEnds();
    return predictions;
  }
}
