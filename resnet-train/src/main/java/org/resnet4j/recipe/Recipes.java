package org.resnet4j.recipe;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.toMap;
import static org.resnet4j.recipe.Augmentation.CROP_PADDING_4;
import static org.resnet4j.recipe.Augmentation.HORIZONTAL_FLIP;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.resnet4j.data.LastBatch;
import org.resnet4j.support.Nearest;

/** The known training recipes, by name. */
public final class Recipes {
  /**
   * The recipe that the others are derived from: a CIFAR network under plain SGD at a constant
   * rate.
   */
  private static final Recipe BASE =
      new Recipe(
          "base",
          "",
          "resnet20_cifar",
          "cifar10",
          0,
          0,
          0,
          10,
          128,
          0.1,
          0,
          0,
          Recipe.Decay.CONSTANT,
          List.of(),
          0,
          List.of(),
          "none",
          LastBatch.KEEP,
          Recipe.Precision.FP32);

  /**
   * The recipe of arXiv:1512.03385, section 4.2: 64,000 steps of 128 images, with the rate divided
   * by 10 after 32,000 and 48,000. Its 45,000 of the 50,000 images make 352 steps an epoch. All of
   * them make 391, which gives 164 epochs and milestones 82 and 123.
   */
  private static final Recipe PAPER_CIFAR =
      recipe(
          "paper-cifar",
          "He et al. 2015, section 4.2 (arXiv:1512.03385): 64k steps as 164 epochs",
          BASE,
          recipe ->
              recipe
                  .epochs(164)
                  .momentum(0.9)
                  .weightDecay(1e-4)
                  .steps(82, 123)
                  .augmentations(CROP_PADDING_4, HORIZONTAL_FLIP)
                  .statistics("cifar10"));

  private static final Map<String, Recipe> TABLE =
      List.of(
              recipe(
                  "quick",
                  "a minute on two cores: one rise and fall of the learning rate",
                  BASE,
                  recipe ->
                      recipe
                          .model("resnet8")
                          .dataset("fashion-mnist")
                          .imagesPerClass(3000)
                          .statistics("fashion-mnist")
                          .epochs(10)
                          .augmentations(HORIZONTAL_FLIP)
                          .learningRate(0.1)
                          .momentum(0.9)
                          .weightDecay(5e-4)
                          .cosine()
                          .warmupEpochs(0.4)
                          .lastBatch(LastBatch.DROP)),
              recipe(
                  "d2l",
                  "Dive into Deep Learning, section 8.6 (d2l.ai): 0.893 on the test data after 10 epochs",
                  BASE,
                  recipe ->
                      recipe
                          .model("resnet18_d2l")
                          .dataset("fashion-mnist")
                          .imageSize(96)
                          .batch(256)
                          .learningRate(0.05)),
              recipe(
                  "cifar-tutorial",
                  "the CIFAR-10 tutorial: small steps, flip and crop",
                  BASE,
                  recipe ->
                      recipe
                          .model("cifar3stage")
                          .learningRate(0.001)
                          .momentum(0.9)
                          .augmentations(HORIZONTAL_FLIP, CROP_PADDING_4)
                          .statistics("cifar10")),
              PAPER_CIFAR,
              recipe(
                  "akamaster",
                  "github.com/akamaster/pytorch_resnet_cifar10: 0.9173 with resnet20",
                  PAPER_CIFAR,
                  next -> next.epochs(200).steps(100, 150)))
          .stream()
          .collect(toMap(Recipe::name, identity(), (a, b) -> a, LinkedHashMap::new));

  private Recipes() {}

  private static Recipe recipe(
      String name, String description, Recipe base, UnaryOperator<RecipeBuilder> change) {
    return base.with(recipe -> change.apply(recipe.name(name).description(description)));
  }

  /** Returns the recipe that {@code train} uses by default; it takes minutes on two cores. */
  public static Recipe usual() {
    return TABLE.values().iterator().next();
  }

  /** Returns every recipe. */
  public static Collection<Recipe> all() {
    return Collections.unmodifiableCollection(TABLE.values());
  }

  /**
   * Returns the recipe named {@code name}.
   *
   * @throws IllegalArgumentException when there is none; the message names the nearest
   */
  public static Recipe byName(String name) {
    Recipe recipe = TABLE.get(name);
    if (recipe == null) {
      throw new IllegalArgumentException(Nearest.unknown("recipe", name, TABLE.keySet()));
    }
    return recipe;
  }
}
