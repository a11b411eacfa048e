package org.resnet4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Architectures;
import org.resnet4j.recipe.Recipe;
import org.resnet4j.support.Json;
import org.resnet4j.training.Trainer;
import org.resnet4j.training.Training;
import org.resnet4j.zoo.WeightSets;
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
final class TrainCommand implements Callable<Integer>, Checked {
  @Spec CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "Architecture; ./resnet list names them.")
  @Nullable String model;

  @Mixin DataOptions dataOptions;

  @Mixin FineTuneOptions fineTuneOptions;

  @Mixin RecipeOptions recipeOptions;

  @Mixin PipelineOptions pipelineOptions;

  @Mixin RunOptions runOptions;

  @Mixin EngineOptions engineOptions;

  @Option(
      names = "--profile",
      description = "Print at the end the share of time spent in each of the engine's primitives.")
  boolean profile;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Mixin ArchitectureOptions architectureOptions;

  @Override
  public void check() {
    recipeOptions.check(architectureOptions.input);
    engineOptions.check(profile);
    pipelineOptions.requireOne(recipeOptions.stats);
    if (!runOptions.resume) {
      fineTuneOptions.check(model);
    } else if (fineTuneOptions.weights != null) {
      throw new IllegalArgumentException(
          "--weights: expected no --resume beside it; a run that is resumed has its own");
    }
    if (model != null) {
      requireArchitecture(model);
    }
  }

  private static void requireArchitecture(String name) {
    if (WeightSets.find(name).isPresent() || ModelArgument.isPath(name)) {
      throw new IllegalArgumentException(
          "--model: expected an architecture but was %s; --weights %s fine-tunes it"
              .formatted(name, name));
    }
    Architectures.byName(name);
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter err = spec.commandLine().getErr();
    Trainer trainer = trainer(err);
    Recipe how = trainer.recipe();
    engineOptions.check(how);
    try (ConsoleProgress progress = ConsoleProgress.on(err)) {
      TrainingProfile measured = profile ? new TrainingProfile(progress) : null;
      trainer
          .progress(measured == null ? progress : measured)
          .engine(
              graph ->
                  engineOptions.training(graph, how, measured == null ? null : measured.profile()));
      Training.Result result = runOptions.run(trainer);
      print(result, measured == null ? null : measured.summary(), dataOptions.words(trainer));
      return 0;
    }
  }

  private Trainer trainer(PrintWriter err) throws IOException {
    InputSize input = architectureOptions.input;
    Trainer trainer =
        runOptions.resume ? runOptions.resumed() : fineTuneOptions.trainer(model, input, err);
    if (model != null && fineTuneOptions.weights == null) {
      trainer.architecture(Architectures.byName(model));
    }
    fineTuneOptions.apply(trainer);
    dataOptions.apply(trainer);
    runOptions.apply(trainer);
    recipeOptions.apply(trainer, input, runOptions.resume);
    return trainer
        .pipeline(pipelineOptions::apply)
        .with(architectureOptions::overwrite)
        .adjust(engineOptions::apply);
  }

  private void print(Training.Result result, TrainingProfile.@Nullable Summary summary, String data)
      throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      Map<String, Object> document = TrainingSummary.document(result);
      if (summary != null) {
        document.put("profile", summary);
      }
      document.put("run", result.record());
      Json.print(document, out);
      return;
    }
    if (summary != null) {
      summary.print(spec.commandLine().getErr());
    }
    TrainingSummary.print(result, out);
    boolean isFirst = dataOptions.data == null && !runOptions.resume;
    TrainingSummary.printHints(result.folder(), data, isFirst, out);
    out.flush();
  }
}
