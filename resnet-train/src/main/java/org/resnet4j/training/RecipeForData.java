package org.resnet4j.training;

import java.io.IOException;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Shape;
import org.resnet4j.data.ChannelStats;
import org.resnet4j.data.ImageSource;
import org.resnet4j.data.sets.DatasetSpec;
import org.resnet4j.data.sets.OpenDataset;
import org.resnet4j.recipe.Recipe;
import org.resnet4j.recipe.Recipes;

/**
 * Adapts a recipe to the data that it is used for: dataset, loss, statistics, image size, batch,
 * epochs.
 *
 * @param chosen the changes of a caller, which win over what is adapted
 */
record RecipeForData(Recipe recipe, UnaryOperator<Recipe> chosen, Architecture architecture) {
  /** The number of images that are read to find out how large they are. */
  private static final int LOOKED_AT = 25;

  Recipe of(OpenDataset train) throws IOException {
    DatasetSpec set = train.spec();
    Recipe named =
        set.name().equals(recipe.dataset())
            ? forLabels(train)
            : forLabels(train)
                .with(next -> next.dataset(set.name()).statistics(set.stats().name()));
    ImageSource images = chosen.apply(named).trainingImages(train.source());
    Recipe suited =
        chosen.apply(Recipes.suited(named, images.size(), architecture.input(), side(images)));
    // Images of varying size are resized to the architecture's published input.
    Recipe sized =
        set.shape() == null && suited.imageSize() == 0
            ? suited.with(next -> next.imageSize(architecture.input().height()))
            : suited;
    Recipe whole =
        sized.batch() > images.size() ? sized.with(next -> next.batch(images.size())) : sized;
    // There are no published statistics of colour images converted to grey.
    return whole.channels() == 1 && set.stats().mean().size() > 1
        ? whole.with(next -> next.statistics(ChannelStats.NONE.name()))
        : whole;
  }

  /** Returns the recipe with the only loss of images with several labels, if they have some. */
  private Recipe forLabels(OpenDataset train) {
    return train.source().isMultiLabel()
        ? recipe.with(next -> next.loss(Recipe.Loss.BINARY_CROSS_ENTROPY))
        : recipe;
  }

  /** Returns the median of the shorter sides of some images, in pixels. */
  private static int side(ImageSource images) throws IOException {
    int count = Math.min(LOOKED_AT, images.size());
    int[] sides = new int[count];
    for (int i = 0; i < count; i++) {
      int index = (int) ((long) i * images.size() / count);
      sides[i] =
          images.read(
              index,
              image -> {
                Shape shape = image.shape();
                return Math.min(shape.height(), shape.width());
              });
    }
    return IntStream.of(sides).sorted().skip(count / 2).findFirst().orElseThrow();
  }
}
