package org.resnet4j.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.ArchitectureBuilder;
import org.resnet4j.arch.Architectures;
import org.resnet4j.data.ChannelStats;
import org.resnet4j.data.sets.DataHome;
import org.resnet4j.data.sets.Dataset;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.recipe.Recipe;
import org.resnet4j.run.RunRecord;
import org.resnet4j.run.RunSetup;
import org.resnet4j.train.Distillation;
import org.resnet4j.zoo.Model;
import org.resnet4j.zoo.StageName;

/**
 * Trains an architecture on a dataset by a recipe and writes model, run record and report.
 *
 * <pre>{@code
 * Training.Result result =
 *     Trainer.of("resnet18").on("folder:photos").run(Path.of("runs/photos"));
 * }</pre>
 *
 * <p>The folder gets {@code model.zip}, {@code run.json} and {@code report.html}. Input shape and
 * number of classes are those of the data. The oneDNN engine computes if it supports the network;
 * otherwise Deeplearning4j's own layers do, and the log says why.
 */
public final class Trainer {
  /** The name of the report in the folder of a run. */
  public static final String REPORT = RunFolder.REPORT;

  private final TrainerSettings settings = new TrainerSettings();

  private Trainer() {}

  /** Returns a trainer of the architecture and by the recipe that are usual for its data. */
  public static Trainer usual() {
    return new Trainer();
  }

  /** Returns a trainer of the architecture with that name. */
  public static Trainer of(String architecture) {
    return of(Architectures.byName(architecture));
  }

  /** Returns a trainer of an architecture; its input and classes become those of the data. */
  public static Trainer of(Architecture architecture) {
    return usual().architecture(architecture);
  }

  /**
   * Returns a trainer that starts from the parameters of {@code model} and sees its pixels. Its
   * classifier is kept if the classes of the data are the same.
   *
   * @throws IllegalArgumentException when the model's file does not name its architecture
   */
  public static Trainer of(Model model) {
    Trainer trainer = of(model.requireArchitecture());
    trainer.settings.tuning = new TuningChoice(model);
    return trainer;
  }

  /**
   * Returns a trainer that continues the run in {@code folder} after its last whole epoch. It has
   * the architecture, recipe, data and seed of the run, unless they are set.
   *
   * @throws IOException when there is no run in the folder
   */
  public static Trainer resume(Path folder) throws IOException {
    RunRecord before =
        Training.resumable(folder)
            .orElseThrow(
                () ->
                    new IOException(
                        "%s: expected a run to resume but there is neither %s nor %s; is it another folder?"
                            .formatted(folder, Training.MODEL, Training.RECORD)));
    Trainer trainer = resuming(before.setup());
    trainer.settings.folder = folder;
    return trainer;
  }

  static Trainer resuming(RunSetup before) {
    Trainer trainer =
        of(before.architecture())
            .recipe(before.recipe())
            .on(Dataset.of(before.training().name()))
            .seed(before.seed())
            .start(Training.Start.RESUME);
    trainer.settings.resumed = before;
    trainer.settings.keepsShape = true;
    trainer.settings.keepsRecipe = true;
    return trainer;
  }

  /** Trains another architecture; its input and classes become those of the data. */
  public Trainer architecture(Architecture value) {
    settings.architecture = value;
    settings.keepsShape = false;
    return this;
  }

  /** Trains on the dataset that {@link Dataset#of(String)} returns for a text. */
  public Trainer on(String value) {
    return on(Dataset.of(value));
  }

  /**
   * Trains on the training split and evaluates on the test split. Unless set, it is the dataset
   * that the recipe was made for.
   */
  public Trainer on(Dataset value) {
    settings.data = value;
    return this;
  }

  /** Leaves out images that cannot be read, and records which, instead of refusing them. */
  public Trainer skipUnreadable() {
    settings.skipsUnreadable = true;
    return this;
  }

  /** Looks for datasets in {@code value} instead of the usual places. */
  public Trainer home(DataHome value) {
    settings.home = value;
    return this;
  }

  /**
   * Trains by {@code value}; its statistics and image sizes are adapted to other data, and batch
   * and learning rate to few images. Unless set, it is the usual one of the data.
   */
  public Trainer recipe(Recipe value) {
    settings.recipe = value;
    settings.keepsRecipe = false;
    return this;
  }

  /** Changes the recipe after it has been adapted to the data. */
  public Trainer adjust(UnaryOperator<Recipe> value) {
    UnaryOperator<Recipe> before = settings.adjustment;
    settings.adjustment = base -> value.apply(before.apply(base));
    return this;
  }

  /**
   * Normalises pixels with the named channel statistics instead of those of dataset and recipe.
   *
   * @param value {@code "data"} for those of the training images, or a name that {@link
   *     ChannelStats#byName} takes
   */
  public Trainer statistics(String value) {
    settings.statistics = value;
    return this;
  }

  /**
   * Changes the way from images to the network's input. The result is recorded, and the model has
   * it.
   */
  public Trainer pipeline(UnaryOperator<ImagePipeline> value) {
    settings.pixels = value;
    return this;
  }

  /** Changes the architecture after its input and classes have been set. */
  public Trainer with(UnaryOperator<ArchitectureBuilder> value) {
    settings.change = value;
    return this;
  }

  /** Sets the seed of weights, order, augmentation and dropout; 42 unless set. */
  public Trainer seed(long value) {
    settings.seed = value;
    return this;
  }

  /** Sets the treatment of a model that is already in the folder; by default there must be none. */
  public Trainer start(Training.Start value) {
    settings.start = value;
    return this;
  }

  /**
   * Reports to {@code value} while training. Unless set, the settings and one line an epoch are
   * logged through SLF4J, by this class and at the level of information. {@link ProgressLines#to}
   * prints them without a logger, and {@link TrainingProgress#NONE} is silent.
   */
  public Trainer progress(TrainingProgress value) {
    settings.progress = value;
    return this;
  }

  /**
   * Sets the function that returns the graph to train, which must share the network's parameters.
   * Unless set, it is the oneDNN engine if that supports the network.
   */
  public Trainer engine(UnaryOperator<ComputationGraph> value) {
    settings.engine = value;
    return this;
  }

  /**
   * Freezes all parts up to {@code last}: they keep their parameters and batch-norm statistics.
   *
   * @throws IllegalArgumentException when training does not start from a model
   */
  public Trainer freezeThrough(StageName last) {
    settings.freezeThrough(last);
    return this;
  }

  /** Trains {@code part} at {@code factor} times the learning rate; needs a model to start from. */
  public Trainer rate(StageName part, double factor) {
    settings.tuning("rate").rate(part, factor);
    return this;
  }

  /** Trains the classifier alone for some epochs first; needs a model to start from. */
  public Trainer headEpochs(int epochs) {
    settings.headEpochs(epochs);
    return this;
  }

  /** Trains by the defaults of {@link FineTune}, unless they are set. */
  Trainer headFirst() {
    settings.tuning("headFirst").headFirst();
    return this;
  }

  /**
   * Learns from {@code teacher} beside the labels, with equal classes and input (Hinton et al.
   * 2015, arXiv:1503.02531).
   */
  public Trainer teacher(Model teacher, Distillation loss) {
    settings.teacher = teacher;
    settings.teaching = loss;
    return this;
  }

  /** Returns the recipe before it is adapted to the data. */
  public Recipe recipe() {
    return settings.recipe();
  }

  /** Returns the dataset. */
  public Dataset data() {
    return settings.data();
  }

  /**
   * Returns what {@link #run()} will take on this machine: time, memory and size of the model. The
   * first steps are tried out for {@code seconds}; nothing of it is kept.
   *
   * @throws IOException when data cannot be read
   * @throws IllegalArgumentException when architecture, recipe and data cannot be combined
   */
  public Forecast forecast(double seconds) throws IOException {
    Path scratch = Files.createTempDirectory("resnet4j-forecast");
    try {
      return new TrainerRun(settings, null)
          .measured(training -> training.forecast(seconds, scratch));
    } finally {
      Files.deleteIfExists(scratch);
    }
  }

  /**
   * Returns the loss at learning rates from {@code lowest} to {@code highest}, which rise by the
   * same factor in each of {@code steps} steps; nothing of it is kept.
   *
   * @throws IOException when data cannot be read
   * @throws IllegalArgumentException when the rates are not in ascending order
   */
  public RateRange rateRange(double lowest, double highest, int steps) throws IOException {
    return new TrainerRun(settings, null)
        .measured(training -> training.rateRange(lowest, highest, steps));
  }

  /**
   * Trains until all epochs are done, then writes the report.
   *
   * @param folder of the run; it is created
   * @throws IOException when data cannot be read, or results cannot be written
   * @throws IllegalArgumentException when architecture, recipe and data cannot be combined
   */
  public Training.Result run(Path folder) throws IOException {
    return new TrainerRun(settings, folder).run();
  }

  /**
   * Trains as {@link #run(Path)} does, in the folder of the run that is resumed. Another run gets
   * the first of {@code runs/MODEL-DATA}, {@code runs/MODEL-DATA-2} and so on that is new.
   */
  public Training.Result run() throws IOException {
    return new TrainerRun(settings, settings.folder).run();
  }
}
