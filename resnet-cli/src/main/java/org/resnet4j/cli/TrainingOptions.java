package org.resnet4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Architectures;
import org.resnet4j.onednn.Profile;
import org.resnet4j.recipe.Recipe;
import org.resnet4j.training.Trainer;
import org.resnet4j.zoo.WeightSets;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say what is trained, on what and how. */
final class TrainingOptions {
  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "Architecture; ./resnet list names them.")
  @Nullable String model;

  @Mixin DataOptions dataOptions;

  @Mixin FineTuneOptions fineTuneOptions;

  @Mixin RecipeOptions recipeOptions;

  @Mixin PipelineOptions pipelineOptions;

  @Mixin EngineOptions engineOptions;

  @Mixin ArchitectureOptions architectureOptions;

  /** Refuses values that no training can have. */
  void check(boolean resume) {
    recipeOptions.check(architectureOptions.input);
    pipelineOptions.requireOne(recipeOptions.stats);
    if (!resume) {
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

  /** Returns a trainer of a new run. */
  Trainer trainer(PrintWriter err) throws IOException {
    return fineTuneOptions.trainer(model, architectureOptions.input, err);
  }

  /**
   * Sets what is given, and the engine.
   *
   * @param profile collects the time of every primitive; null for none
   */
  Trainer apply(Trainer trainer, boolean resume, @Nullable Profile profile) throws IOException {
    if (model != null && fineTuneOptions.weights == null) {
      trainer.architecture(Architectures.byName(model));
    }
    fineTuneOptions.apply(trainer);
    dataOptions.apply(trainer);
    recipeOptions.apply(trainer, architectureOptions.input, resume);
    trainer
        .pipeline(pipelineOptions::apply)
        .with(architectureOptions::overwrite)
        .adjust(engineOptions::apply);
    Recipe how = trainer.recipe();
    engineOptions.check(how);
    return trainer.engine(graph -> engineOptions.training(graph, how, profile));
  }
}
