package org.resnet4j.training;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.ArchitectureBuilder;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Shape;
import org.resnet4j.data.ChannelStats;
import org.resnet4j.data.sets.DataHome;
import org.resnet4j.data.sets.Dataset;
import org.resnet4j.data.sets.OpenDataset;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.onednn.CompileOptions;
import org.resnet4j.onednn.OneDnn;
import org.resnet4j.onednn.Precision;
import org.resnet4j.recipe.Recipe;
import org.resnet4j.recipe.Recipes;
import org.resnet4j.run.RunSetup;
import org.resnet4j.run.Teaching;
import org.resnet4j.run.Tuning;
import org.resnet4j.train.Distillation;
import org.resnet4j.zoo.Model;
import org.resnet4j.zoo.StageName;

/** The settings of a trainer, and what follows from them before the data are opened. */
final class TrainerSettings {
  private static final long SEED = 42;

  @Nullable Architecture architecture;
  UnaryOperator<ArchitectureBuilder> change = arch -> arch;
  boolean keepsShape;
  @Nullable Recipe recipe;
  UnaryOperator<Recipe> adjustment = base -> base;
  boolean keepsRecipe;
  @Nullable String statistics;
  UnaryOperator<ImagePipeline> pixels = pipeline -> pipeline;
  @Nullable Dataset data;
  boolean skipsUnreadable;
  @Nullable RunSetup resumed;
  @Nullable Path folder;
  DataHome home = DataHome.usual();
  long seed = SEED;
  Training.Start start = Training.Start.FRESH;
  TrainingProgress progress = ProgressLines.logged();
  @Nullable UnaryOperator<ComputationGraph> engine;
  @Nullable TuningChoice tuning;
  @Nullable Model teacher;
  @Nullable Distillation teaching;

  // What a resumed fine-tuning is expected to have.
  @Nullable StageName frozenThrough;
  @Nullable Integer headEpochs;

  /** Returns the architecture before its input and classes become those of the data. */
  Architecture architecture() {
    return architecture == null ? Architectures.byName(base().model()) : architecture;
  }

  /** Returns whether a run is resumed that began with a model. */
  private boolean continuesTuning() {
    return tuning == null && resumed != null && resumed.tuning() != null;
  }

  void freezeThrough(StageName last) {
    if (continuesTuning()) {
      frozenThrough = last;
    } else {
      tuning("freezeThrough").freezeThrough(last);
    }
  }

  void headEpochs(int epochs) {
    if (continuesTuning()) {
      headEpochs = epochs;
    } else {
      tuning("headEpochs").headEpochs(epochs);
    }
  }

  /**
   * Returns the tuning to change.
   *
   * @param method of the trainer, for messages
   * @throws IllegalArgumentException when training does not start from a model
   */
  TuningChoice tuning(String method) {
    if (tuning == null) {
      throw new IllegalArgumentException(
          "%s: expected a training that starts from a model, but it starts from initial weights; use FineTune.of(model) or Trainer.of(model)"
              .formatted(method));
    }
    return tuning;
  }

  /** Returns the recipe before it is adapted to the data. */
  Recipe recipe() {
    return adjustment.apply(base());
  }

  /** Returns the recipe before any changes. */
  Recipe base() {
    if (recipe != null) {
      return recipe;
    }
    return data == null ? Recipes.usual() : Recipes.usual(data().toString());
  }

  /** Returns the dataset. */
  Dataset data() {
    return data == null ? Dataset.named(base().dataset()) : data;
  }

  /** Returns the recipe for the data, with the named statistics. */
  Recipe recipe(OpenDataset train) throws IOException {
    Recipe onData =
        keepsRecipe ? recipe() : new RecipeForData(base(), adjustment, architecture()).of(train);
    String named = statistics;
    return named == null ? onData : onData.with(next -> next.statistics(named));
  }

  /**
   * Returns the pipeline of images outside of training if it is not the recipe's: that of the model
   * that training starts from, or of the run that is resumed.
   */
  @Nullable ImagePipeline pipeline() {
    if (tuning == null) {
      ImagePipeline before = resumed == null ? null : resumed.images();
      return before == null ? null : pixels.apply(before);
    }
    ImagePipeline own = tuning.model().pipeline();
    return pixels.apply(
        statistics == null ? own : own.with(ChannelStats.byName(statistics).normalization()));
  }

  @Nullable Tuning tuning(int epochs, int images, List<String> classes) {
    if (tuning == null) {
      Tuning before = resumed == null ? null : resumed.tuning();
      return before == null ? null : before.with(frozenThrough, headEpochs);
    }
    return tuning.of(architecture(), epochs, images, classes);
  }

  /**
   * Returns the teacher of the run, or of the one that is resumed.
   *
   * @throws IllegalArgumentException when there is one, and images have several labels
   */
  @Nullable Model teacher(boolean multiLabel) throws IOException {
    Teaching before = resumed == null ? null : resumed.teaching();
    if (multiLabel && teacher != null) {
      throw new IllegalArgumentException(
          "teacher %s: expected one label an image but images have several; leave the teacher out"
              .formatted(teacher.name()));
    }
    return teacher == null && before != null
        ? NamedModel.open(before.from(), before.fingerprint())
        : teacher;
  }

  /** Returns the record of {@code of}; null if there is none. */
  @Nullable Teaching teaching(@Nullable Model of) {
    return of == null || teaching == null
        ? resumed == null ? null : resumed.teaching()
        : new Teaching(of.name(), of.fingerprint(), teaching.share(), teaching.temperature());
  }

  /** Returns the architecture for images and classes of the data, trained as {@code how} says. */
  Architecture shaped(Shape input, int classes, Recipe how) {
    Architecture shaped =
        architecture()
            .with(arch -> change.apply(keepsShape ? arch : arch.input(input).classes(classes)));
    double dropped = how.regularization().stochasticDepth();
    return dropped == 0 ? shaped : shaped.with(arch -> arch.stochasticDepth(dropped));
  }

  /** Returns the graph that trains a network. */
  UnaryOperator<ComputationGraph> engine(Recipe how) {
    return engine == null ? graph -> accelerated(graph, how) : engine;
  }

  private static ComputationGraph accelerated(ComputationGraph graph, Recipe how) {
    CompileOptions options =
        CompileOptions.training().precision(Precision.valueOf(how.precision().name()));
    return OneDnn.accelerate(
        graph, options.precision() == Precision.FP32 ? options.orFallBack() : options);
  }
}
