package org.resnet4j.recipe;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.toMap;
import static org.resnet4j.recipe.Augmentation.CROP_PADDING_4;
import static org.resnet4j.recipe.Augmentation.HORIZONTAL_FLIP;
import static org.resnet4j.recipe.Augmentation.RANDOM_RESIZED_CROP;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.resnet4j.arch.Shape;
import org.resnet4j.data.LastBatch;
import org.resnet4j.support.Nearest;

/** The known training recipes, by name. */
public final class Recipes {
  private static final String PHOTOS = "photos";
  private static final String FINE_TUNE = "fine-tune";

  /** The fewest batches of an epoch, unless they would have fewer images than a batch needs. */
  private static final int BATCHES = 8;

  private static final int LEAST_BATCH = 8;

  // The sides of photos, in pixels, the images trained on in all epochs, and these.
  private static final int LEAST_SIDE = 64;
  private static final int MOST_SIDE = 128;
  private static final int SIDE_STEP = 32;
  private static final int EXAMPLES = 12_000;
  private static final int LEAST_EPOCHS = 10;

  /** The images that fine-tuning trains on in all epochs, within limits. */
  private static final int TUNED = 12_000;

  private static final int LEAST_TUNED_EPOCHS = 4;
  private static final int MOST_TUNED_EPOCHS = 12;

  private static final int MOST_EPOCHS = 80;

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
          Recipe.Precision.FP32,
          Balance.NONE,
          Map.of(),
          1,
          0);

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
              recipe(
                  PHOTOS,
                  "own photos in folders, from scratch: size and epochs suit the images",
                  BASE,
                  recipe ->
                      recipe
                          .model("resnet18")
                          .dataset("folder")
                          .channels(3)
                          .statistics("imagenet")
                          .epochs(40)
                          .batch(16)
                          .augmentations(RANDOM_RESIZED_CROP, HORIZONTAL_FLIP)
                          .learningRate(0.00625)
                          .momentum(0.9)
                          .weightDecay(5e-4)
                          .cosine()
                          .warmupEpochs(4)
                          .lastBatch(LastBatch.DROP)),
              recipe(
                  FINE_TUNE,
                  "from a pretrained model: a fresh classifier first, then the other parts too",
                  BASE,
                  recipe ->
                      recipe
                          .model("resnet50")
                          .dataset("folder")
                          .channels(3)
                          .statistics("imagenet")
                          .epochs(MOST_TUNED_EPOCHS)
                          .batch(16)
                          .augmentations(RANDOM_RESIZED_CROP, HORIZONTAL_FLIP)
                          .learningRate(0.002)
                          .momentum(0.9)
                          .weightDecay(1e-4)
                          .cosine()
                          .warmupEpochs(0.5)
                          .lastBatch(LastBatch.DROP)),
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

  /**
   * Returns the recipe that {@code train} uses by default for the data {@code NAME} or {@code
   * NAME:DIR}: one for photos if they are in folders or lists.
   */
  public static Recipe usual(String data) {
    String name = data.split(":", 2)[0];
    return name.equals(byName(PHOTOS).dataset()) || name.equals("list") ? byName(PHOTOS) : usual();
  }

  /**
   * Returns {@code recipe} for a number of images. Batches become smaller if there would be fewer
   * than eight in an epoch, and the learning rate falls with them. The recipe for photos also gets
   * a number of epochs, and an image size unless the architecture is made for small images.
   *
   * @param input of the architecture, as published
   * @param side median of the images' shorter sides, in pixels
   */
  public static Recipe suited(Recipe recipe, int images, Shape input, int side) {
    Recipe fewer = recipe.withBatch(batch(recipe.batch(), images));
    if (recipe.name().equals(FINE_TUNE)) {
      return fewer.lasting(
          Math.max(LEAST_TUNED_EPOCHS, Math.min(MOST_TUNED_EPOCHS, TUNED / images)));
    }
    if (!recipe.name().equals(PHOTOS)) {
      return fewer;
    }
    int epochs = Math.max(LEAST_EPOCHS, Math.min(MOST_EPOCHS, EXAMPLES / images));
    int size = Math.max(LEAST_SIDE, Math.min(MOST_SIDE, side / SIDE_STEP * SIDE_STEP));
    return fewer
        .lasting(epochs)
        .with(next -> next.imageSize(Math.min(size, Math.max(input.height(), input.width()))));
  }

  /** Returns the largest power of two with which an epoch has eight batches, or {@code usual}. */
  private static int batch(int usual, int images) {
    return images >= BATCHES * usual
        ? usual
        : Math.min(
            Math.min(usual, images),
            Math.max(LEAST_BATCH, Integer.highestOneBit(images / BATCHES)));
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
