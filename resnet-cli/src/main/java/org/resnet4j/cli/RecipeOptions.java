package org.resnet4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.data.ChannelStats;
import org.resnet4j.recipe.Balance;
import org.resnet4j.recipe.Recipe;
import org.resnet4j.recipe.RecipeBuilder;
import org.resnet4j.recipe.RecipeFile;
import org.resnet4j.recipe.Recipes;
import org.resnet4j.training.Trainer;
import picocli.CommandLine.Option;

/** The options that change a recipe. */
final class RecipeOptions {
  @Option(
      names = "--recipe",
      paramLabel = "NAME|FILE",
      description =
          "Training recipe: ${COMPLETION-CANDIDATES}; or a file of one (./resnet recipes NAME --to"
              + " FILE).",
      completionCandidates = Names.class)
  @Nullable String recipe;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "Number of epochs; milestones and warm-up scale with it.")
  @Nullable Integer epochs;

  @Option(
      names = "--evaluate-every",
      paramLabel = "N",
      description =
          "Epochs between evaluations on the test data; 0 for one after the last (default: 1).")
  @Nullable Integer evaluateEvery;

  @Option(
      names = "--patience",
      paramLabel = "N",
      description = "Stop after N epochs without a better test accuracy; 0 for never (default: 0).")
  @Nullable Integer patience;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description =
          "Batch size: images in a step. The recipe's learning rate is scaled in proportion.")
  @Nullable Integer batch;

  @Option(names = "--lr", paramLabel = "X", description = "Peak learning rate.")
  @Nullable Double learningRate;

  @Option(names = "--momentum", paramLabel = "X", description = "Momentum, in [0, 1).")
  @Nullable Double momentum;

  @Option(
      names = "--weight-decay",
      paramLabel = "X",
      description = "Weight decay of convolution and dense weights.")
  @Nullable Double weightDecay;

  @Option(
      names = "--images-per-class",
      paramLabel = "N",
      description = "Train on the first N images of each class; 0 for all.")
  @Nullable Integer imagesPerClass;

  @Option(
      names = "--balance",
      description =
          "Treatment of classes of unequal size, one of ${COMPLETION-CANDIDATES}: LOSS weighs the"
              + " loss of a class of n among N images by N/(C n), SAMPLING draws every class"
              + " equally often (default: NONE).")
  @Nullable Balance balance;

  @Option(
      names = "--class-weight",
      paramLabel = "CLASS=X",
      description =
          "Weight of a class in the loss; may be given several times. Other classes weigh 1.")
  Map<String, Double> classWeights = Map.of();

  @Option(
      names = "--set",
      paramLabel = "FIELD=VALUE",
      description =
          "Set any field of the recipe, for example lr=0.2 or"
              + " schedule.milestones=[30,60]; may be given"
              + " several times. ./resnet recipes NAME --json names the fields.")
  List<String> assignments = List.of();

  @Option(
      names = "--stats",
      paramLabel = "NAME",
      description =
          "Channel statistics that normalise pixels: data for those of the training images, or"
              + " imagenet, cifar10, …, none (default: the dataset's, or what the recipe says).")
  @Nullable String stats;

  /** The names of all recipes. */
  static final class Names implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Recipes.all().stream().map(Recipe::name).iterator();
    }
  }

  /**
   * Refuses values that suit no recipe.
   *
   * @param input that images are resized to, if it is given
   */
  void check(@Nullable InputSize input) {
    changed(recipe == null ? Recipes.usual() : known(recipe), input, false);
    if (stats != null && !stats.equals("data")) {
      ChannelStats.byName(stats);
    }
  }

  /** Sets what is given; if {@code input} is, images are resized to it. */
  void apply(Trainer trainer, @Nullable InputSize input, boolean resume) throws IOException {
    if (recipe != null) {
      trainer.recipe(isFile(recipe) ? RecipeFile.read(Path.of(recipe)) : Recipes.byName(recipe));
    }
    if (stats != null) {
      trainer.statistics(stats);
    }
    trainer.adjust(base -> changed(base, input, resume && recipe == null));
  }

  private static boolean isFile(String recipe) {
    return ModelArgument.isPath(recipe) || recipe.endsWith(".json");
  }

  /** Returns the recipe of that name; for a file, which is read later, the usual one. */
  private static Recipe known(String recipe) {
    return isFile(recipe) ? Recipes.usual() : Recipes.byName(recipe);
  }

  /**
   * Returns {@code base} with these options; if {@code input} is given, images are resized to it.
   *
   * @param resumed whether milestones and warm-up stay where they are when epochs are added
   */
  private Recipe changed(Recipe base, @Nullable InputSize input, boolean resumed) {
    Recipe lasting =
        epochs == null || epochs == base.epochs()
            ? base
            : resumed ? base.until(epochs) : base.lasting(epochs);
    Recipe changed =
        (batch == null ? lasting : lasting.withBatch(batch))
            .with(
                next -> {
                  if (patience != null) {
                    next.patience(patience);
                  }
                  if (balance != null) {
                    next.balance(balance);
                  }
                  if (!classWeights.isEmpty()) {
                    next.balance(Balance.LOSS).classWeights(classWeights);
                  }
                  if (learningRate != null) {
                    next.learningRate(learningRate);
                  }
                  if (momentum != null) {
                    next.momentum(momentum);
                  }
                  if (weightDecay != null) {
                    next.weightDecay(weightDecay);
                  }
                  if (imagesPerClass != null) {
                    next.imagesPerClass(imagesPerClass);
                  }
                  if (evaluateEvery != null) {
                    next.evaluateEvery(evaluateEvery);
                  }
                  return input == null ? next : shaped(next, input);
                });
    if (assignments.isEmpty()) {
      return changed;
    }
    try {
      return RecipeFile.set(changed, assignments);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("--set: " + e.getMessage(), e);
    }
  }

  /** Returns the recipe with the image size and channels of {@code input}. */
  private static RecipeBuilder shaped(RecipeBuilder recipe, InputSize input) {
    if (input.height() != input.width()) {
      throw new IllegalArgumentException(
          "--input: images are resized to squares, so expected equal sides but was "
              + input.height()
              + "x"
              + input.width());
    }
    recipe.imageSize(input.height());
    return input.channels() == null ? recipe : recipe.channels(input.channels());
  }
}
