package org.resnet4j.training;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.ArchitectureBuilder;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Shape;
import org.resnet4j.data.Batches;
import org.resnet4j.data.ChannelStats;
import org.resnet4j.data.ImageCheck;
import org.resnet4j.data.ImageFindings;
import org.resnet4j.data.ImageSource;
import org.resnet4j.data.sets.DataHome;
import org.resnet4j.data.sets.Dataset;
import org.resnet4j.data.sets.OpenDataset;
import org.resnet4j.data.sets.Split;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.onednn.CompileOptions;
import org.resnet4j.onednn.OneDnn;
import org.resnet4j.onednn.Precision;
import org.resnet4j.recipe.Recipe;
import org.resnet4j.recipe.Recipes;
import org.resnet4j.report.Report;
import org.resnet4j.run.RunRecord;
import org.resnet4j.run.Tuning;
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
  public static final String REPORT = "report.html";

  private static final long SEED = 42;

  private Architecture architecture;
  private UnaryOperator<ArchitectureBuilder> change = arch -> arch;
  private boolean keepsShape;
  private @Nullable Recipe recipe;
  private UnaryOperator<Recipe> adjustment = base -> base;
  private boolean keepsRecipe;
  private @Nullable String statistics;
  private @Nullable Dataset data;
  private boolean skipsUnreadable;
  private List<String> notes = List.of();
  private RunRecord.@Nullable Setup resumed;
  private DataHome home = DataHome.usual();
  private long seed = SEED;
  private Training.Start start = Training.Start.FRESH;
  private TrainingProgress progress = TrainingProgress.NONE;
  private @Nullable UnaryOperator<ComputationGraph> engine;
  private @Nullable TuningChoice tuning;

  /** Chooses the folder of a run. */
  public interface Destination {
    /** Returns the folder; called once, when the setup has been accepted and before training. */
    Path folder(RunRecord.Setup setup) throws IOException;
  }

  private Trainer(Architecture architecture) {
    this.architecture = architecture;
  }

  /** Returns a trainer of the architecture with that name. */
  public static Trainer of(String architecture) {
    return of(Architectures.byName(architecture));
  }

  /** Returns a trainer of an architecture; its input and classes become those of the data. */
  public static Trainer of(Architecture architecture) {
    return new Trainer(architecture);
  }

  /**
   * Returns a trainer that starts from the parameters of {@code model} and sees its pixels. Its
   * classifier is kept if the classes of the data are the same.
   *
   * @throws IllegalArgumentException when the model's file does not name its architecture
   */
  public static Trainer of(Model model) {
    Trainer trainer = of(model.requireArchitecture());
    trainer.tuning = new TuningChoice(model);
    return trainer;
  }

  /**
   * Returns a trainer that continues a run with its architecture, recipe, data and seed, unless
   * they are set.
   */
  public static Trainer resuming(RunRecord.Setup before) {
    Trainer trainer =
        of(before.architecture())
            .recipe(before.recipe())
            .on(Dataset.of(before.training().name()))
            .seed(before.seed())
            .start(Training.Start.RESUME);
    trainer.resumed = before;
    trainer.keepsShape = true;
    trainer.keepsRecipe = true;
    return trainer;
  }

  /** Trains another architecture; its input and classes become those of the data. */
  public Trainer architecture(Architecture value) {
    architecture = value;
    keepsShape = false;
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
    data = value;
    return this;
  }

  /** Leaves out images that cannot be read, and records which, instead of refusing them. */
  public Trainer skipUnreadable() {
    skipsUnreadable = true;
    return this;
  }

  /** Looks for datasets in {@code value} instead of the usual places. */
  public Trainer home(DataHome value) {
    home = value;
    return this;
  }

  /**
   * Trains by {@code value}; its statistics and image sizes are adapted to other data, and batch
   * and learning rate to few images. Unless set, it is the usual one of the data.
   */
  public Trainer recipe(Recipe value) {
    recipe = value;
    keepsRecipe = false;
    return this;
  }

  /** Changes the recipe after it has been adapted to the data. */
  public Trainer adjust(UnaryOperator<Recipe> value) {
    UnaryOperator<Recipe> before = adjustment;
    adjustment = base -> value.apply(before.apply(base));
    return this;
  }

  /**
   * Normalises pixels with the named channel statistics instead of those of dataset and recipe.
   *
   * @param value {@code "data"} for those of the training images, or a name that {@link
   *     ChannelStats#byName} takes
   */
  public Trainer statistics(String value) {
    statistics = value;
    return this;
  }

  /** Changes the architecture after its input and classes have been set. */
  public Trainer with(UnaryOperator<ArchitectureBuilder> value) {
    change = value;
    return this;
  }

  /** Sets the seed of weights, order, augmentation and dropout; 42 unless set. */
  public Trainer seed(long value) {
    seed = value;
    return this;
  }

  /** Sets the treatment of a model that is already in the folder; by default there must be none. */
  public Trainer start(Training.Start value) {
    start = value;
    return this;
  }

  /** Evaluates after every {@code epochs} and the last; 0 for after the last only. */
  public Trainer evaluateEvery(int epochs) {
    return adjust(base -> base.with(next -> next.evaluateEvery(epochs)));
  }

  /** Reports to {@code value} while training. */
  public Trainer progress(TrainingProgress value) {
    progress = value;
    return this;
  }

  /**
   * Sets the function that returns the graph to train, which must share the network's parameters.
   * Unless set, it is the oneDNN engine if that supports the network.
   */
  public Trainer engine(UnaryOperator<ComputationGraph> value) {
    engine = value;
    return this;
  }

  /**
   * Freezes all parts up to {@code last}: they keep their parameters and batch-norm statistics.
   *
   * @throws IllegalArgumentException when training does not start from a model
   */
  public Trainer freezeThrough(StageName last) {
    tuning("freezeThrough").freezeThrough(last);
    return this;
  }

  /** Trains {@code part} at {@code factor} times the learning rate; needs a model to start from. */
  public Trainer rate(StageName part, double factor) {
    tuning("rate").rate(part, factor);
    return this;
  }

  /** Trains the classifier alone for some epochs first; needs a model to start from. */
  public Trainer headEpochs(int epochs) {
    tuning("headEpochs").headEpochs(epochs);
    return this;
  }

  /** Trains by the defaults of {@link FineTune}, unless they are set. */
  Trainer headFirst() {
    tuning("headFirst").headFirst();
    return this;
  }

  private TuningChoice tuning(String method) {
    if (tuning == null) {
      throw new IllegalArgumentException(
          "%s: expected a training that starts from a model, but it starts from initial weights; use FineTune.of(model) or Trainer.of(model)"
              .formatted(method));
    }
    return tuning;
  }

  /** Returns the architecture before its input and classes become those of the data. */
  public Architecture architecture() {
    return architecture;
  }

  /** Returns the recipe before it is adapted to the data. */
  public Recipe recipe() {
    return adjustment.apply(base());
  }

  private Recipe base() {
    return recipe != null
        ? recipe
        : data == null ? Recipes.usual() : Recipes.usual(data().toString());
  }

  /** Returns the dataset. */
  public Dataset data() {
    return data == null ? Dataset.named(base().dataset()) : data;
  }

  /**
   * Trains until all epochs are done, then writes the report.
   *
   * @param folder of the run; it is created
   * @throws IOException when data cannot be read, or results cannot be written
   * @throws IllegalArgumentException when architecture, recipe and data cannot be combined
   */
  public Training.Result run(Path folder) throws IOException {
    return run(setup -> folder);
  }

  /** Trains as {@link #run(Path)} does, in a folder that {@code destination} chooses. */
  public Training.Result run(Destination destination) throws IOException {
    Dataset set = resumed(data().in(home));
    List<String> unreadable;
    try (OpenDataset train = set.open(Split.TRAIN);
        OpenDataset test = set.open(Split.TEST)) {
      ImageSource images =
          skipsUnreadable ? train.source() : recipe().trainingImages(train.source());
      unreadable = unreadable(set, images, test.source());
      if (unreadable.isEmpty()) {
        return run(destination, set, train, test);
      }
    }
    Dataset readable = set.without(unreadable);
    try (OpenDataset train = readable.open(Split.TRAIN);
        OpenDataset test = readable.open(Split.TEST)) {
      return run(destination, readable, train, test);
    }
  }

  /** Returns the dataset with the split, the order of classes and the images of a resumed run. */
  private Dataset resumed(Dataset set) {
    RunRecord.Setup before = resumed;
    if (before == null) {
      return set;
    }
    List<String> leftOut =
        Stream.concat(before.training().leftOut().stream(), before.test().leftOut().stream())
            .toList();
    return set.as(before.classes(), before.training().heldOut(), leftOut);
  }

  /**
   * Examines the images before the first step of a run, and returns the files to leave out.
   *
   * @throws IOException when images cannot be trained on
   */
  private List<String> unreadable(Dataset set, ImageSource training, ImageSource test)
      throws IOException {
    if (resumed != null) {
      return List.of(); // examined before
    }
    ImageFindings found = ImageCheck.of(training, test).progress(progress::examined).run();
    if (skipsUnreadable) {
      found.requireClasses();
    } else {
      found.requireUsable();
    }
    progress.found(found);
    notes = found.warnings();
    return found.unreadable().stream().map(set::relative).toList();
  }

  private Training.Result run(
      Destination destination, Dataset set, OpenDataset train, OpenDataset test)
      throws IOException {
    Recipe onData =
        keepsRecipe ? recipe() : new RecipeForData(base(), adjustment, architecture).of(train);
    String named = statistics;
    Recipe chosen = named == null ? onData : onData.with(next -> next.statistics(named));
    ImageSource images = chosen.trainingImages(train.source());
    Recipe how = chosen.weighted(images);
    ChannelStats stats = how.stats(images);
    ImagePipeline own = pipeline();
    ImagePipeline pipeline =
        own == null ? how.pipeline(images.read(0).shape(), stats) : own.augmented(how.transforms());
    List<String> classes = train.source().classes();
    try (Batches training = how.trainingBatches(images, pipeline, seed).build();
        Batches testing = how.testBatches(test.source(), pipeline).build()) {
      RunRecord.Setup setup =
          new RunRecord.Setup(
              shaped(training.shape(), classes.size()),
              how,
              seed,
              described(set, train, images),
              described(set, test, test.source()),
              classes,
              stats,
              own == null ? null : own.forInference(),
              tuning(how, images.size(), classes));
      Path folder = destination.folder(setup);
      Training.Result result =
          Training.of(setup, EpochBatches.of(training), EpochBatches.of(testing))
              .start(start)
              .from(tuning == null ? null : tuning.model())
              .progress(progress)
              .notes(notes)
              .engine(engine == null ? graph -> accelerated(graph, how) : engine)
              .run(folder);
      Report.of(result.record(), result.test(), test.source()).write(folder.resolve(REPORT));
      return result;
    }
  }

  /** Returns the pipeline of the model that training starts from; null for the recipe's. */
  private @Nullable ImagePipeline pipeline() {
    if (tuning == null) {
      return resumed == null ? null : resumed.images();
    }
    ImagePipeline own = tuning.model().pipeline();
    return statistics == null ? own : own.with(ChannelStats.byName(statistics).normalization());
  }

  private @Nullable Tuning tuning(Recipe how, int images, List<String> classes) {
    if (tuning == null) {
      return resumed == null ? null : resumed.tuning();
    }
    return tuning.of(architecture, how.epochs(), images, classes);
  }

  private Architecture shaped(Shape input, int classes) {
    return architecture.with(
        arch -> change.apply(keepsShape ? arch : arch.input(input).classes(classes)));
  }

  private static ComputationGraph accelerated(ComputationGraph graph, Recipe how) {
    CompileOptions options =
        CompileOptions.training().precision(Precision.valueOf(how.precision().name()));
    return OneDnn.accelerate(
        graph, options.precision() == Precision.FP32 ? options.orFallBack() : options);
  }

  private static RunRecord.Data described(Dataset set, OpenDataset opened, ImageSource used) {
    String origin =
        used.size() == opened.source().size()
            ? opened.origin()
            : String.format(Locale.ROOT, "%s, %,d of them used", opened.origin(), used.size());
    return new RunRecord.Data(
        set.toString(),
        origin,
        opened.fingerprint(),
        used.size(),
        opened.heldOut(),
        opened.leftOut());
  }
}
