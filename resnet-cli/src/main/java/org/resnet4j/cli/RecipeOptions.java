package org.resnet4j.cli;

import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Shape;
import org.resnet4j.recipe.Recipe;
import org.resnet4j.recipe.RecipeBuilder;
import picocli.CommandLine.Option;

/** Columns of a recipe that a user may change. */
final class RecipeOptions {
  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "Milestones and warm-up keep their share.")
  @Nullable Integer epochs;

  @Option(names = "--batch", paramLabel = "N", description = "Images a step.")
  @Nullable Integer batch;

  @Option(names = "--lr", paramLabel = "X", description = "Highest learning rate.")
  @Nullable Double learningRate;

  @Option(names = "--momentum", paramLabel = "X", description = "In [0, 1).")
  @Nullable Double momentum;

  @Option(
      names = "--weight-decay",
      paramLabel = "X",
      description = "On convolution and dense weights.")
  @Nullable Double weightDecay;

  @Option(
      names = "--images-per-class",
      paramLabel = "N",
      description = "Train on the first N images of each class; 0 for all.")
  @Nullable Integer imagesPerClass;

  @Option(
      names = "--stats",
      paramLabel = "NAME",
      description =
          "What pixels are normalised with: data for the statistics of the training images, or"
              + " imagenet, cifar10, …, none (default: the dataset's, or what the recipe says).")
  @Nullable String stats;

  /** {@code base} with these options, its images in the size of {@code input} if that is given. */
  Recipe apply(Recipe base, @Nullable Shape input) {
    Recipe recipe = epochs == null || epochs == base.epochs() ? base : base.lasting(epochs);
    return recipe.with(
        row -> {
          if (batch != null) {
            row.batch(batch);
          }
          if (learningRate != null) {
            row.learningRate(learningRate);
          }
          if (momentum != null) {
            row.momentum(momentum);
          }
          if (weightDecay != null) {
            row.weightDecay(weightDecay);
          }
          if (imagesPerClass != null) {
            row.imagesPerClass(imagesPerClass);
          }
          return input == null ? row : shaped(row, input);
        });
  }

  /** Images in the size and with the channels of {@code input}. */
  static RecipeBuilder shaped(RecipeBuilder row, Shape input) {
    if (input.height() != input.width()) {
      throw new IllegalArgumentException(
          "--input: images are resized to squares, so expected equal sides but was " + input);
    }
    return row.imageSize(input.height()).channels(input.channels());
  }
}
