package org.resnet4j.training;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.schedule.ScheduleType;
import org.resnet4j.data.ImageSource;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.recipe.Whitening;
import org.resnet4j.run.Continuation;
import org.resnet4j.run.Environment;
import org.resnet4j.run.Predictions;
import org.resnet4j.run.RunRecord;
import org.resnet4j.run.RunSetup;
import org.resnet4j.run.Tuning;
import org.resnet4j.support.AtomicFile;
import org.resnet4j.support.SplitMix;
import org.resnet4j.train.Accelerated;
import org.resnet4j.train.AccumulatingGraph;
import org.resnet4j.train.GradientClipping;
import org.resnet4j.train.Schedule;
import org.resnet4j.train.WeightAverage;
import org.resnet4j.zoo.Model;
import org.resnet4j.zoo.Models;

/**
 * Trains a network with Deeplearning4j's {@code fit}, with a checkpoint after every epoch.
 *
 * <pre>{@code
 * Training.Result result =
 *     Training.of(setup, EpochBatches.of(training), EpochBatches.of(test)).progress(bar).start(Start.RESUME).run(folder);
 * }</pre>
 *
 * <p>The folder gets {@code model.zip}, a plain Deeplearning4j zip of the best epoch, {@code
 * last.zip} unless the best is the last, and {@code run.json}. It also gets {@code metrics.csv} and
 * a TensorBoard event file. A run that was killed and resumed is bit-for-bit equal to an
 * uninterrupted one. Order, augmentation and dropout of an epoch depend on the seed and its number,
 * and the checkpoint holds the rest.
 */
public final class Training {
  /** The name of the network of the best epoch in the folder of a run. */
  public static final String MODEL = Models.IN_RUN;

  /** The name of the run record in the folder of a run. */
  public static final String RECORD = "run.json";

  /** The treatment of a model that is already in the folder. */
  public enum Start {
    /** Refuses a folder that has a model. */
    FRESH,
    /**
     * Continues the run after its last epoch; without a model, training starts at the first. The
     * setup must be equal, but the recipe may have more epochs and another patience.
     */
    RESUME,
    /** Replaces the model once the first epoch is done. */
    OVERWRITE
  }

  /**
   * A trained network and its run.
   *
   * @param graph the network of the epoch {@link RunRecord#best}
   * @param test its predictions on the test data
   */
  public record Result(Path folder, ComputationGraph graph, RunRecord record, Predictions test) {
    /** Returns the network with its pipeline, classes and provenance, as in {@code model.zip}. */
    public Model model() {
      return Checkpoint.model(folder.resolve(MODEL).toString(), graph, record);
    }
  }

  private final RunSetup setup;
  private final EpochBatches training;
  private final EpochBatches test;
  private Start start = Start.FRESH;
  private TrainingProgress progress = TrainingProgress.NONE;
  private Clock clock = Clock.systemUTC();
  private UnaryOperator<ComputationGraph> engine = graph -> graph;
  private @Nullable Model source;
  private @Nullable WhitenedStem stem;
  private List<String> notes = List.of();

  private Training(RunSetup setup, EpochBatches training, EpochBatches test) {
    this.setup = setup;
    this.training = training;
    this.test = test;
  }

  /** Returns a training of {@code setup} on the given data. */
  public static Training of(RunSetup setup, EpochBatches training, EpochBatches test) {
    return new Training(setup, training, test);
  }

  /** Returns the record of the run in {@code folder} that can be resumed, if there is one. */
  static Optional<RunRecord> resumable(Path folder) throws IOException {
    return new RunFolder(folder).resumable();
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
   * Sets the function that maps the network before its first step to the graph to train, which must
   * share its parameters. The record names an {@link Accelerated} one as its engine.
   */
  public Training engine(UnaryOperator<ComputationGraph> value) {
    engine = value;
    return this;
  }

  /** Sets what the record of a run that starts now says about its data. */
  Training notes(List<String> value) {
    notes = value;
    return this;
  }

  /** Sets the model that training starts from, if the setup has a {@link Tuning}. */
  Training from(@Nullable Model value) {
    source = value;
    return this;
  }

  /** Sets the images that the first convolution is set from, if the recipe whitens. */
  Training images(ImageSource images, ImagePipeline pipeline) {
    Whitening whitening = setup.recipe().whitening();
    stem = whitening.isOn() ? new WhitenedStem(whitening, images, pipeline) : null;
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
      return runAlone(new RunFolder(folder));
    } catch (OverlappingFileLockException e) {
      throw new IOException(
          folder + ": another training is at work here; choose another folder", e);
    }
  }

  private Result runAlone(RunFolder files) throws IOException {
    files.removeUnfinished();
    RunRecord record = startingPoint(files);
    RunNetworks networks = networks();
    int batches = training.batches();
    WeightAverage average = average();
    ComputationGraph graph =
        accelerated(
            record.epochs().isEmpty()
                ? networks.first(batches)
                : networks.continued(files.latest(), average, batches));
    record = record.on(Environment.here(), Accelerated.engine(graph));
    Meter meter =
        new Meter(
            new ProgressEstimator(
                clock, setup.recipe().epochs(), batches, setup.recipe().evaluateEvery()),
            progress,
            setup.multiLabel());
    Predictions best = null;
    files.started(record);
    progress.started(record);
    Tuner tuner = networks.tuner();
    for (int epoch = record.epochs().size(); !record.isFinished(); epoch++) {
      if (tuner != null && tuner.changesAt(epoch)) {
        graph = accelerated(tuner.next(graph, batches));
      }
      TrainedNetwork trained = new TrainedNetwork(graph, average);
      fit(trained, meter, epoch);
      Predictions predictions =
          meter.pace().isTestDue(epoch)
              ? trained.asKept(kept -> classify(kept, meter.pace()))
              : null;
      RunRecord before = record.noting(epoch == 0 ? meter.warnings() : List.of());
      record = before.plus(meter.epoch(predictions), predictions);
      best = record.isLastBest() ? predictions : best;
      files.write(trained, record);
      progress.epochDone(record);
    }
    if (average != null || !record.isLastBest()) {
      graph = engine.apply(Checkpoint.graph(files.model()));
    }
    return new Result(
        files.folder(), graph, record, best == null ? classify(graph, meter.pace()) : best);
  }

  /**
   * Returns what the training will take, by a trial of {@code seconds} for each kind of epoch.
   *
   * @param scratch folder for a checkpoint, which is deleted
   */
  Forecast forecast(double seconds, Path scratch) throws IOException {
    RunRecord record = RunRecord.started(setup, Environment.here(), now());
    RunNetworks networks = networks();
    WeightAverage average = average();
    return new Trial(seconds, System::nanoTime)
        .of(
            record,
            new TrainedNetwork(networks.first(training.batches()), average),
            networks.tuner(),
            network -> {
              ComputationGraph graph = accelerated(network);
              graph.addListeners(ofRecipe(average));
              return graph;
            },
            training,
            test,
            scratch);
  }

  /** Returns the loss at rates that rise by the same factor in every step. */
  RateRange rateRange(double lowest, double highest, int steps) throws IOException {
    ComputationGraph network = networks().first(training.batches());
    network.setLearningRate(new Schedule.Geometric(ScheduleType.ITERATION, lowest, highest, steps));
    ComputationGraph graph = accelerated(network);
    graph.addListeners(ofRecipe(null));
    return RateRange.of(setup, graph, training, steps);
  }

  private RunRecord startingPoint(RunFolder files) throws IOException {
    if (files.hasModel()) {
      if (start == Start.FRESH) {
        throw new FileAlreadyExistsException(
            files.model().toString(),
            null,
            "there is a model; resume it, overwrite it or choose another folder");
      }
      if (start == Start.RESUME) {
        Path latest = files.latest();
        return Continuation.of(latest.toString(), Checkpoint.record(latest), setup);
      }
    }
    return RunRecord.started(setup, Environment.here(), now()).noting(notes);
  }

  private String now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private RunNetworks networks() {
    if (setup.recipe().whitening().isOn() && stem == null) {
      throw new IllegalArgumentException(
          "whitening: expected training images but there are batches alone; train by a Trainer, or set whitening.images=0");
    }
    return new RunNetworks(setup, source, stem);
  }

  /** Returns a new average of the parameters; null if they are not averaged. */
  private @Nullable WeightAverage average() {
    setup.recipe().requireUsefulAverage(training.batches());
    return setup.recipe().average(training.batches());
  }

  /** Returns the graph that trains {@code network}. */
  private ComputationGraph accelerated(ComputationGraph network) {
    int parts = setup.recipe().accumulation();
    return engine.apply(parts == 1 ? network : AccumulatingGraph.of(network, parts));
  }

  /** Returns the listeners that the recipe asks for. */
  private TrainingListener[] ofRecipe(@Nullable WeightAverage average) {
    double clip = setup.recipe().clipNorm();
    return Stream.of(clip > 0 ? new GradientClipping(clip) : null, average)
        .filter(Objects::nonNull)
        .toArray(TrainingListener[]::new);
  }

  private void fit(TrainedNetwork trained, Meter meter, int epoch) {
    ComputationGraph graph = trained.graph();
    Nd4j.getRandom().setSeed(SplitMix.at(setup.seed(), epoch));
    List<TrainingListener> others = List.copyOf(graph.getListeners());
    graph.addListeners(ofRecipe(trained.average()));
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
        setup.predictions(
            graph::outputSingle, test.epoch(0), done -> progress.evaluated(done, examples));
    pace.testEnds();
    return predictions;
  }
}
