package org.resnet4j.recipe;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.toMap;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Shape;
import org.resnet4j.data.LastBatch;
import org.resnet4j.image.Augmentations;
import org.resnet4j.image.HorizontalFlip;
import org.resnet4j.image.RandomCrop;
import org.resnet4j.image.RandomResizedCrop;
import org.resnet4j.image.Transform;
import org.resnet4j.support.Nearest;
import org.resnet4j.train.ParameterDecay;

/** The known training recipes, by name. */
public final class Recipes {
  /** A mirroring of left and right with probability 0.5. */
  private static final Transform HORIZONTAL_FLIP = new HorizontalFlip();

  /** A crop of the image's own size from the image with four black pixels around it. */
  private static final Transform CROP_PADDING_4 = new RandomCrop(4);

  /** A crop of 35 % to 100 % of the area, resized to the network's size in place of the fit. */
  private static final Transform RANDOM_RESIZED_CROP = new RandomResizedCrop(0.35);

  /** Half a cosine down to 0 at the last step. */
  private static final RateSchedule COSINE = RateSchedule.cosine(0, RateSchedule.Unit.STEP);

  /** The fewest batches of an epoch, unless they would have fewer images than a batch needs. */
  private static final int BATCHES = 8;

  private static final int LEAST_BATCH = 8;

  // The sides of photos, in pixels.
  private static final int LEAST_SIDE = 64;
  private static final int MOST_SIDE = 128;
  private static final int SIDE_STEP = 32;

  /**
   * A recipe and its adaptation to the data.
   *
   * @param usualFor names of the datasets that it is the usual recipe of
   * @param epochs number of epochs by the number of images; null for that of the recipe
   * @param suitsSides whether images are resized to a side that suits them
   */
  private record Row(
      Recipe recipe, Set<String> usualFor, @Nullable Epochs epochs, boolean suitsSides) {
    Row usualFor(String... datasets) {
      return new Row(recipe, Set.of(datasets), epochs, suitsSides);
    }

    Row epochs(int examples, int least, int most) {
      return new Row(recipe, usualFor, new Epochs(examples, least, most), suitsSides);
    }

    Row suitingSides() {
      return new Row(recipe, usualFor, epochs, true);
    }
  }

  /**
   * The number of epochs by the number of images.
   *
   * @param examples images that are trained on in all epochs, within the limits
   */
  private record Epochs(int examples, int least, int most) {
    int of(int images) {
      return Math.max(least, Math.min(most, examples / images));
    }
  }

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
          RateSchedule.CONSTANT,
          Augmentations.NONE,
          "none",
          LastBatch.KEEP,
          Recipe.Precision.FP32,
          Balance.NONE,
          Map.of(),
          1,
          0,
          Recipe.Loss.CROSS_ENTROPY,
          Regularization.NONE,
          Optimizer.SGD,
          0.0,
          ParameterDecay.Scope.WEIGHTS,
          Averaging.NONE,
          1,
          Resizing.STRETCH);

  /**
   * The recipe of arXiv:1512.03385, section 4.2: 64,000 steps of 128 images, with the rate divided
   * by 10 after 32,000 and 48,000. Its 45,000 of the 50,000 images make 352 steps an epoch. All of
   * them make 391, which gives 164 epochs and milestones 82 and 123.
   */
  private static final Row PAPER_CIFAR =
      row(
          "paper-cifar",
          "He et al. 2015, section 4.2 (arXiv:1512.03385): 64k steps as 164 epochs",
          BASE,
          recipe ->
              recipe
                  .epochs(164)
                  .momentum(0.9)
                  .weightDecay(1e-4)
                  .schedule(RateSchedule.steps(0.1, 82, 123))
                  .augmentations(CROP_PADDING_4, HORIZONTAL_FLIP)
                  .statistics("cifar10"));

  private static final Map<String, Row> TABLE =
      List.of(
              row(
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
                          .schedule(COSINE.warmup(0.4))
                          .lastBatch(LastBatch.DROP)),
              row(
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
              row(
                  "cifar-tutorial",
                  "the CIFAR-10 tutorial: small steps, flip and crop",
                  BASE,
                  recipe ->
                      recipe
                          .model("cifar3stage")
                          .learningRate(0.001)
                          .momentum(0.9)
                          .augmentations(CROP_PADDING_4, HORIZONTAL_FLIP)
                          .statistics("cifar10")),
              row(
                      "photos",
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
                              .schedule(COSINE.warmup(4))
                              .lastBatch(LastBatch.DROP))
                  .usualFor("folder", "list")
                  .epochs(12_000, 10, 80)
                  .suitingSides(),
              row(
                      "fine-tune",
                      "from a pretrained model: a fresh classifier first, then the other parts too",
                      BASE,
                      recipe ->
                          recipe
                              .model("resnet50")
                              .dataset("folder")
                              .channels(3)
                              .statistics("imagenet")
                              .epochs(12)
                              .batch(16)
                              .augmentations(RANDOM_RESIZED_CROP, HORIZONTAL_FLIP)
                              .learningRate(0.002)
                              .momentum(0.9)
                              .weightDecay(1e-4)
                              .schedule(COSINE.warmup(0.5))
                              .lastBatch(LastBatch.DROP))
                  .epochs(12_000, 4, 12),
              PAPER_CIFAR,
              row(
                  "wrn",
                  "Zagoruyko, Komodakis 2016 (arXiv:1605.07146), who pad crops by reflection",
                  PAPER_CIFAR.recipe(),
                  next ->
                      next.model("wrn_16_4")
                          .optimizer(Optimizer.NESTEROV)
                          .weightDecay(5e-4)
                          .epochs(200)
                          .schedule(RateSchedule.steps(0.2, 60, 120, 160))),
              row(
                  "akamaster",
                  "github.com/akamaster/pytorch_resnet_cifar10: 0.9173 with resnet20",
                  PAPER_CIFAR.recipe(),
                  next -> next.epochs(200).schedule(RateSchedule.steps(0.1, 100, 150))))
          .stream()
          .collect(toMap(row -> row.recipe().name(), identity(), (a, b) -> a, LinkedHashMap::new));

  private Recipes() {}

  private static Row row(
      String name, String description, Recipe base, UnaryOperator<RecipeBuilder> change) {
    Recipe recipe = base.with(next -> change.apply(next.name(name).description(description)));
    return new Row(recipe, Set.of(), null, false);
  }

  /** Returns the recipe that is used by default; it takes minutes on two cores. */
  public static Recipe usual() {
    return TABLE.values().iterator().next().recipe();
  }

  /**
   * Returns the recipe that is used by default for the data {@code NAME} or {@code NAME:DIR}: one
   * for photos if they are in folders or lists.
   */
  public static Recipe usual(String data) {
    String name = data.split(":", 2)[0];
    return TABLE.values().stream()
        .filter(row -> row.usualFor().contains(name))
        .findFirst()
        .map(Row::recipe)
        .orElseGet(Recipes::usual);
  }

  /**
   * Returns {@code recipe} for a number of images. Batches become smaller if there would be fewer
   * than eight in an epoch, and the learning rate falls with them. The recipes for photos and for
   * fine-tuning also get a number of epochs. That for photos gets an image size unless the
   * architecture is made for small images.
   *
   * @param input of the architecture, as published
   * @param side median of the images' shorter sides, in pixels
   */
  public static Recipe suited(Recipe recipe, int images, Shape input, int side) {
    Recipe fewer = recipe.withBatch(batch(recipe.batch(), images));
    Row row = TABLE.get(recipe.name());
    if (row == null) {
      return fewer;
    }
    Recipe lasting = row.epochs() == null ? fewer : fewer.lasting(row.epochs().of(images));
    int size = Math.max(LEAST_SIDE, Math.min(MOST_SIDE, side / SIDE_STEP * SIDE_STEP));
    return row.suitsSides()
        ? lasting.with(
            next -> next.imageSize(Math.min(size, Math.max(input.height(), input.width()))))
        : lasting;
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
    return TABLE.values().stream().map(Row::recipe).toList();
  }

  /**
   * Returns the recipe named {@code name}.
   *
   * @throws IllegalArgumentException when there is none; the message names the nearest
   */
  public static Recipe byName(String name) {
    Row row = TABLE.get(name);
    if (row == null) {
      throw new IllegalArgumentException(Nearest.unknown("recipe", name, TABLE.keySet()));
    }
    return row.recipe();
  }
}
