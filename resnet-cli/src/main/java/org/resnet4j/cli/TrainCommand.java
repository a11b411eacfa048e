package org.resnet4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Architectures;
import org.resnet4j.data.HeldOut;
import org.resnet4j.recipe.Recipe;
import org.resnet4j.recipe.Recipes;
import org.resnet4j.run.RunRecord;
import org.resnet4j.support.AtomicFile;
import org.resnet4j.support.Json;
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
      "Trains a network, evaluates it on the test data, and writes model.zip, run.json,"
          + " report.html, metrics.csv and TensorBoard events.",
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

  @Mixin FineTuneOptions fineTuneOptions;

  @Mixin RecipeOptions recipeOptions;

  @Mixin PipelineOptions pipelineOptions;

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
      description =
          "Continue the run in --out after its last whole epoch, with its settings; with --epochs,"
              + " for more epochs than before.")
  boolean resume;

  @Option(names = "--overwrite", description = "Replace the model in --out after the first epoch.")
  boolean overwrite;

  @Option(
      names = "--evaluate-every",
      paramLabel = "N",
      description =
          "Epochs between evaluations on the test data; 0 for one after the last (default: 1).")
  @Nullable Integer evaluateEvery;

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
              .progress(measured == null ? progress : measured)
              .engine(
                  graph ->
                      engineOptions.training(
                          graph, how, measured == null ? null : measured.profile()))
              .run(
                  setup -> {
                    Path folder = folder(setup.architecture().name(), trainer.data().spec().name());
                    TrainingSummary.announce(setup, folder, err);
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
    } else if (fineTuneOptions.weights != null) {
      trainer =
          fineTuneOptions
              .trainer(model, architectureOptions.input, spec.commandLine().getErr())
              .start(overwrite ? Training.Start.OVERWRITE : Training.Start.FRESH);
      if (recipe != null) {
        trainer.recipe(Recipes.byName(recipe));
      }
    } else {
      fineTuneOptions.requireNone();
      Recipe base = recipe == null ? usual() : Recipes.byName(recipe);
      trainer =
          Trainer.of(base.model())
              .recipe(base)
              .start(overwrite ? Training.Start.OVERWRITE : Training.Start.FRESH);
    }
    if (model != null && fineTuneOptions.weights == null) {
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
    if (evaluateEvery != null) {
      trainer.evaluateEvery(evaluateEvery);
    }
    if (pipelineOptions.areGiven()) {
      trainer.pipeline(pipelineOptions::apply);
    }
    return trainer
        .with(architectureOptions::overwrite)
        .adjust(
            base ->
                engineOptions.apply(
                    recipeOptions.apply(
                        base, architectureOptions.input, resume && recipe == null)));
  }

  private Recipe usual() {
    return data == null ? Recipes.usual() : Recipes.usual(DataOption.dataset(data).toString());
  }

  private RunRecord.Setup setupToResume() throws IOException {
    Path folder = out;
    if (folder == null) {
      throw new IOException(
          "--resume: expected --out DIR, the folder with the model.zip of the run");
    }
    return Training.resumable(folder)
        .orElseThrow(
            () ->
                new IOException(
                    "%s: expected a run to resume but there is neither %s nor %s; is it another folder?"
                        .formatted(folder, Training.MODEL, Training.RECORD)))
        .setup();
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

  private void print(
      Training.Result result, TrainingProfile.@Nullable Summary summary, String dataName)
      throws IOException {
    PrintWriter to = spec.commandLine().getOut();
    if (json) {
      Map<String, Object> document = TrainingSummary.document(result);
      if (summary != null) {
        document.put("profile", summary);
      }
      document.put("run", result.record());
      Json.print(document, to);
      return;
    }
    TrainingSummary.print(result, to);
    TrainingSummary.printHints(result.folder(), dataName, data == null && !resume, to);
    to.flush();
  }
}
