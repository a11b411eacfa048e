package org.resnet4j.training;

import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Plan;
import org.resnet4j.arch.Shape;
import org.resnet4j.data.sets.DatasetSpec;
import org.resnet4j.data.sets.Datasets;
import org.resnet4j.recipe.Recipe;

/** The arithmetic that a recipe's training takes. */
public final class RecipeCost {
  /** A forward pass, the gradient of the activations and that of the weights. */
  private static final int PASSES = 3;

  private RecipeCost() {}

  /**
   * Returns the floating-point operations of a training of the recipe's model on its data, two for
   * each multiply-accumulate, three passes for each image; null for data of the user's own.
   */
  public static @Nullable Double operations(Recipe recipe) {
    DatasetSpec data = Datasets.byName(recipe.dataset());
    int all = data.train().images();
    Shape stored = data.shape();
    if (all == 0 || stored == null) {
      return null;
    }
    int classes = data.classes().size();
    long images =
        recipe.imagesPerClass() == 0
            ? all
            : Math.min(all, (long) recipe.imagesPerClass() * classes);
    int side = recipe.imageSize();
    Shape input = side == 0 ? stored : new Shape(stored.channels(), side, side);
    Architecture architecture =
        Architectures.byName(recipe.model()).with(arch -> arch.input(input).classes(classes));
    return 2.0 * PASSES * Plan.of(architecture).macs() * images * recipe.epochs();
  }
}
