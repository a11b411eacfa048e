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
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Plan;
import org.resnet4j.data.HeldOut;
import org.resnet4j.recipe.Recipe;
import org.resnet4j.recipe.Recipes;
import org.resnet4j.run.RunRecord;
import org.resnet4j.support.AtomicFile;
import org.resnet4j.support.Json;
import org.resnet4j.training.Checkpoint;
import org.resnet4j.training.Trainer;
import org.resnet4j.training.Training;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "train",
    description = {
      "Trains a network, evaluates it on the test data, and writes model.zip, run.json and"
          + " report.html.",
      "Without options: a small ResNet on Fashion-MNIST, in minutes."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "Architecture; ./resnet list names them.")
  @Nullable String model;

  @Option(
      names = "--data",
      paramLabel = "DIR|NAME[:DIR]",
      completionCandidates = DataOption.Names.class,
      description = DataOption.HELP)
  @Nullable String data;

  @Option(
      names = "--val",
      paramLabel = "SHARE",
      description =
          "Share of every class that is kept for the test, of images without splits (default:"
              + " 0.2).")
  @Nullable Double val;

  @Option(
      names = "--skip-unreadable",
      description = "Leave out images that cannot be read, and list them in run.json.")
  boolean skipUnreadable;

  @Option(
      names = "--recipe",
      paramLabel = "NAME",
      description = "Training recipe: ${COMPLETION-CANDIDATES}.",
      completionCandidates = RecipeNames.class)
  @Nullable String recipe;

  @Mixin RecipeOptions recipeOptions;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of weights, order and augmentation (default: 42).")
  @Nullable Long seed;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder for results (default: runs/MODEL-DATA).")
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
          "Epochs between evaluations on the test data; 0 for one after the last (default:"
              + " ${DEFAULT-VALUE}).")
  int evaluateEvery = 1;

  @Mixin EngineOptions engineOptions;

  @Option(
      names = "--profile",
      description = "Print at the end the share of time spent in each of the engine's primitives.")
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
    Trainer trainer = trainer();
    PrintWriter err = spec.commandLine().getErr();
    try (ConsoleProgress progress = ConsoleProgress.on(err)) {
      TrainingProfile measured = profile ? new TrainingProfile(progress) : null;
      Recipe how = trainer.recipe();
      engineOptions.check(how, profile);
      Training.Result result =
          trainer
              .evaluateEvery(evaluateEvery)
              .progress(measured == null ? progress : measured)
              .engine(
                  graph ->
                      engineOptions.training(
                          graph, how, measured == null ? null : measured.profile()))
              .run(
                  setup -> {
                    Path folder = folder(setup.architecture().name(), trainer.data().spec().name());
                    announce(err, setup, folder);
                    return folder;
                  });
      TrainingProfile.Summary summary = measured == null ? null : measured.summary();
      if (summary != null && !json) {
        summary.print(err);
      }
      print(result, summary, trainer.data().toString());
      return 0;
    }
  }

  private Trainer trainer() throws IOException {
    Trainer trainer;
    if (resume) {
      trainer = Trainer.resuming(setupToResume());
      if (recipe != null) {
        trainer.recipe(Recipes.byName(recipe));
      }
    } else {
      Recipe base = recipe == null ? Recipes.usual() : Recipes.byName(recipe);
      trainer =
          Trainer.of(base.model())
              .recipe(base)
              .start(overwrite ? Training.Start.OVERWRITE : Training.Start.FRESH);
    }
    if (model != null) {
      trainer.architecture(Architectures.byName(model));
    }
    if (data != null) {
      trainer.on(DataOption.dataset(data));
    }
    if (val != null) {
      trainer.on(trainer.data().split(val, HeldOut.USUAL.seed()));
    }
    if (skipUnreadable) {
      trainer.skipUnreadable();
    }
    if (seed != null) {
      trainer.seed(seed);
    }
    if (recipeOptions.stats != null) {
      trainer.statistics(recipeOptions.stats);
    }
    return trainer
        .with(architectureOptions::overwrite)
        .adjust(base -> engineOptions.apply(recipeOptions.apply(base, architectureOptions.input)));
  }

  private RunRecord.Setup setupToResume() throws IOException {
    Path folder = out;
    if (folder == null) {
      throw new IOException(
          "--resume: expected --out DIR, the folder with the model.zip of the run");
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

  /**
   * Returns the given folder, or the first of runs/MODEL-DATA, runs/MODEL-DATA-2, … that is new.
   */
  private Path folder(String architecture, String dataName) throws IOException {
    if (out != null) {
      return out;
    }
    Path runs = Path.of("runs");
    AtomicFile.createFolder(runs);
    String name = architecture + "-" + dataName;
    for (int i = 1; ; i++) {
      try {
        return Files.createDirectory(runs.resolve(i == 1 ? name : name + "-" + i));
      } catch (FileAlreadyExistsException e) {
        // It belongs to another run, perhaps of a concurrent process.
      }
    }
  }

  private static void announce(PrintWriter err, RunRecord.Setup setup, Path folder) {
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
        how.batches(setup.training().examples()),
        how.batch(),
        how.learningRate(),
        how.precision());
    err.printf("results   %s%n", folder);
    err.flush();
  }

  private void print(
      Training.Result result, TrainingProfile.@Nullable Summary summary, String dataName)
      throws IOException {
    Path folder = result.folder();
    PrintWriter to = spec.commandLine().getOut();
    RunRecord record = result.record();
    double accuracy = result.test().result().accuracy();
    if (json) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("model", folder.resolve(Training.MODEL).toString());
      document.put("report", folder.resolve(Trainer.REPORT).toString());
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
        folder.resolve(Trainer.REPORT), folder.resolve(Training.MODEL), dataName);
    to.flush();
  }
}
