package org.resnet4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Plan;
import org.resnet4j.arch.Shape;
import org.resnet4j.data.Batches;
import org.resnet4j.data.ChannelStats;
import org.resnet4j.data.ImageSource;
import org.resnet4j.data.sets.DatasetRow;
import org.resnet4j.data.sets.OpenDataset;
import org.resnet4j.data.sets.Split;
import org.resnet4j.recipe.Recipe;
import org.resnet4j.recipe.Recipes;
import org.resnet4j.report.Report;
import org.resnet4j.support.Json;
import org.resnet4j.training.Checkpoint;
import org.resnet4j.training.Feed;
import org.resnet4j.training.RunRecord;
import org.resnet4j.training.Training;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "train",
    description = {
      "Trains a network, measures it on the test data, and writes model.zip, run.json and report.html.",
      "Without options: a small ResNet on Fashion-MNIST, in minutes."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {
  static final String REPORT = "report.html";

  @Spec CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "Architecture; ./resnet list names them.")
  @Nullable String model;

  @Option(names = "--data", paramLabel = "NAME[:DIR]", description = DataOption.HELP)
  @Nullable String data;

  @Option(
      names = "--recipe",
      paramLabel = "NAME",
      description = "How to train: ${COMPLETION-CANDIDATES}.",
      completionCandidates = RecipeNames.class)
  @Nullable String recipe;

  @Mixin RecipeOptions recipeOptions;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of weights, order and augmentation (default: 42).")
  @Nullable Long seed;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where results go (default: runs/MODEL-DATA).")
  @Nullable Path out;

  @Option(
      names = "--resume",
      description = "Continue the run in --out after its last whole epoch, with its settings.")
  boolean resume;

  @Option(names = "--overwrite", description = "Replace the model in --out after the first epoch.")
  boolean overwrite;

  @Option(
      names = "--evaluate-every",
      paramLabel = "N",
      description =
          "Epochs between looks at the test data; 0 for after the last only (default: ${DEFAULT-VALUE}).")
  int evaluateEvery = 1;

  @Mixin EngineOptions engineOptions;

  @Option(
      names = "--profile",
      description = "Say at the end how much of the time the engine's primitives took, and which.")
  boolean profile;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Mixin ArchitectureOptions architectureOptions;

  static final class RecipeNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Recipes.all().stream().map(Recipe::name).iterator();
    }
  }

  @Override
  public Integer call() throws Exception {
    RunRecord.@Nullable Setup before = resume ? setupToResume() : null;
    Recipe base =
        recipe != null
            ? Recipes.byName(recipe)
            : before != null ? before.recipe() : Recipes.usual();
    String dataName =
        data != null
            ? DataOption.expanded(data)
            : before != null ? before.training().name() : base.dataset();
    Recipe changed = engineOptions.apply(recipeOptions.apply(base, architectureOptions.input));
    engineOptions.check(changed, profile);
    Recipe how =
        before != null && recipe == null ? changed : suited(changed, DataOption.row(dataName));
    try (OpenDataset train = DataOption.home().open(dataName, Split.TRAIN);
        OpenDataset test = DataOption.home().open(dataName, Split.TEST)) {
      return run(before, how, dataName, train, test);
    }
  }

  private int run(
      RunRecord.@Nullable Setup before,
      Recipe how,
      String dataName,
      OpenDataset train,
      OpenDataset test)
      throws IOException {
    PrintWriter err = spec.commandLine().getErr();
    ImageSource pictures = how.trainingImages(train.source());
    ChannelStats stats = how.stats(pictures);
    long seeded = seed != null ? seed : before != null ? before.seed() : 42;
    try (Batches training = how.trainingBatches(pictures, stats, seeded).build();
        Batches testing = how.testBatches(test.source(), stats).build();
        ConsoleProgress progress = ConsoleProgress.on(err)) {
      Architecture architecture = architecture(before, how, training, train.source());
      RunRecord.Setup setup =
          new RunRecord.Setup(
              architecture,
              how,
              seeded,
              described(dataName, train, pictures),
              described(dataName, test, test.source()),
              train.source().classes(),
              stats);
      Path folder = folder(architecture, dataName);
      announce(err, setup, folder, Feed.of(training).batches());
      TrainingProfile measured = profile ? new TrainingProfile(progress) : null;
      Training.Result result =
          Training.of(setup, Feed.of(training), Feed.of(testing))
              .start(
                  resume
                      ? Training.Start.RESUME
                      : overwrite ? Training.Start.OVERWRITE : Training.Start.FRESH)
              .evaluateEvery(evaluateEvery)
              .progress(measured == null ? progress : measured)
              .engine(
                  graph ->
                      engineOptions.training(
                          graph, how, measured == null ? null : measured.profile()))
              .run(folder);
      Report.of(result.record(), result.test(), test.source()).write(folder.resolve(REPORT));
      TrainingProfile.Summary summary = measured == null ? null : measured.summary();
      if (summary != null && !json) {
        summary.print(err);
      }
      print(result, summary, folder, dataName);
      return 0;
    }
  }

  private RunRecord.@Nullable Setup setupToResume() throws IOException {
    Path folder = out;
    if (folder == null) {
      throw new IOException(
          "--resume: say which run with --out DIR, the folder that has its model.zip");
    }
    Path model = folder.resolve(Training.MODEL);
    if (Files.exists(model)) {
      return Checkpoint.record(model).setup();
    }
    Path record = folder.resolve(Training.RECORD);
    if (Files.exists(record)) {
      return RunRecord.read(record).setup();
    }
    throw new IOException(
        "%s: expected a run to resume but there is neither %s nor %s; is it another folder?"
            .formatted(folder, Training.MODEL, Training.RECORD));
  }

  /** {@code recipe} on {@code set}, whose statistics and picture sizes may be other ones. */
  private Recipe suited(Recipe recipe, DatasetRow set) {
    Recipe onData =
        set.name().equals(recipe.dataset())
            ? recipe
            : recipe.with(row -> row.dataset(set.name()).statistics(set.stats().name()));
    // Pictures of all sizes become those that the architecture was published for.
    Recipe sized =
        set.shape() == null && onData.imageSize() == 0
            ? onData.with(row -> row.imageSize(published(onData).height()))
            : onData;
    // Nobody published statistics of colour pictures made grey.
    return sized.channels() == 1 && set.stats().mean().size() > 1
        ? sized.with(row -> row.statistics(ChannelStats.NONE.name()))
        : sized;
  }

  private Shape published(Recipe how) {
    return Architectures.byName(model != null ? model : how.model()).input();
  }

  private Architecture architecture(
      RunRecord.@Nullable Setup before, Recipe how, Batches training, ImageSource source) {
    if (before != null && model == null) {
      return before.architecture().with(architectureOptions::overwrite);
    }
    return architectureOptions.apply(
        model != null ? model : how.model(),
        row -> row.input(training.shape()).classes(source.classes().size()));
  }

  private static RunRecord.Data described(String name, OpenDataset opened, ImageSource used) {
    String origin =
        used.size() == opened.source().size()
            ? opened.origin()
            : String.format(Locale.ROOT, "%s, %,d of them used", opened.origin(), used.size());
    return new RunRecord.Data(name, origin, opened.fingerprint(), used.size());
  }

  /** The folder asked for, or the first of runs/MODEL-DATA, runs/MODEL-DATA-2 … that is new. */
  private Path folder(Architecture architecture, String dataName) throws IOException {
    if (out != null) {
      return out;
    }
    Path runs = Path.of("runs");
    if (!Files.isDirectory(runs)) { // createDirectories refuses a link to a folder
      Files.createDirectories(runs);
    }
    String name = architecture.name() + "-" + DataOption.row(dataName).name();
    for (int i = 1; ; i++) {
      try {
        return Files.createDirectory(runs.resolve(i == 1 ? name : name + "-" + i));
      } catch (FileAlreadyExistsException e) {
        // Another run's, perhaps of another process at this moment.
      }
    }
  }

  private static void announce(PrintWriter err, RunRecord.Setup setup, Path folder, int batches) {
    Recipe how = setup.recipe();
    err.printf("model     %s%n", setup.architecture().describe());
    err.printf(
        Locale.ROOT, "          %,d parameters%n", Plan.of(setup.architecture()).parameterCount());
    err.printf("train on  %s%n", setup.training().origin());
    err.printf("test on   %s%n", setup.test().origin());
    err.printf(
        Locale.ROOT,
        "recipe    %s: %d epochs of %d batches of %d, learning rate %s, %s%n",
        how.name(),
        how.epochs(),
        batches,
        how.batch(),
        how.learningRate(),
        how.precision());
    err.printf("results   %s%n", folder);
    err.flush();
  }

  private void print(
      Training.Result result,
      TrainingProfile.@Nullable Summary summary,
      Path folder,
      String dataName)
      throws IOException {
    PrintWriter to = spec.commandLine().getOut();
    RunRecord record = result.record();
    double accuracy = result.test().result().accuracy();
    if (json) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("model", folder.resolve(Training.MODEL).toString());
      document.put("report", folder.resolve(REPORT).toString());
      document.put("accuracy", accuracy);
      document.put("examples", result.test().result().examples());
      if (summary != null) {
        document.put("profile", summary);
      }
      document.put("run", record);
      Json.print(document, to);
      return;
    }
    to.printf(
        Locale.ROOT,
        "%ntest accuracy %.4f on %,d images (%s)%n",
        accuracy,
        result.test().result().examples(),
        record.setup().test().origin());
    to.printf(
        "%nLook at   %s%nand try   ./resnet evaluate %s --data %s%n          ./resnet train --model resnet20_cifar --epochs 10     a deeper network, longer%n          ./resnet list                                     everything else%n",
        folder.resolve(REPORT), folder.resolve(Training.MODEL), dataName);
    to.flush();
  }
}
