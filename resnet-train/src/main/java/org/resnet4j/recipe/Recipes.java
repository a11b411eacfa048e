package org.resnet4j.recipe;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Shape;
import org.resnet4j.support.Json;
import org.resnet4j.support.Nearest;

/** The known training recipes, by name. */
public final class Recipes {
  private static final String FILE = "recipes.json";

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
   * @param like name of the recipe whose other fields it has; null for the first
   * @param usualFor names of the datasets that it is the usual recipe of; null for none
   * @param examples images that are trained on in all epochs; null for the recipe's epochs
   * @param suitsSides whether images are resized to a side that suits them
   * @param fields that differ from those of {@code like}
   */
  private record Row(
      String name,
      @Nullable String like,
      @Nullable List<String> usualFor,
      @Nullable Examples examples,
      boolean suitsSides,
      Map<String, Object> fields) {
    boolean isUsualFor(String dataset) {
      return usualFor != null && usualFor.contains(dataset);
    }
  }

  /**
   * The number of images that are trained on.
   *
   * @param all images in all epochs, within the limits
   * @param least number of epochs
   * @param most number of epochs
   */
  private record Examples(int all, int least, int most) {
    int epochs(int images) {
      return Math.max(least, Math.min(most, all / images));
    }
  }

  /** The table of {@value #FILE}; its first row is that from which the others are derived. */
  private record Table(List<Row> rows) {}

  private record Known(Row row, Recipe recipe) {}

  private static final Map<String, Known> TABLE = table();

  private Recipes() {}

  private static Map<String, Known> table() {
    Map<String, Known> known = new LinkedHashMap<>();
    Map<String, Map<String, Object>> trees = new HashMap<>();
    try (InputStream in = Objects.requireNonNull(Recipes.class.getResourceAsStream(FILE), FILE)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (Row row : Json.read(text, Table.class).rows()) {
        Map<String, Object> tree =
            merged(
                row.like() == null ? Map.of() : Objects.requireNonNull(trees.get(row.like())),
                row.fields());
        tree.put("name", row.name());
        trees.put(row.name(), tree);
        if (row.like() != null) {
          known.put(row.name(), new Known(row, Json.read(tree, Recipe.class)));
        }
      }
      return known;
    } catch (IOException e) {
      throw new IllegalStateException(FILE + ": " + e.getMessage(), e);
    }
  }

  /** Returns {@code base} with fields, and fields of fields, changed. */
  @SuppressWarnings("unchecked") // objects of a tree are maps by name
  private static Map<String, Object> merged(Map<String, Object> base, Map<String, Object> changes) {
    Map<String, Object> all = new LinkedHashMap<>(base);
    changes.forEach(
        (name, value) ->
            all.put(
                name,
                value instanceof Map<?, ?> inner && base.get(name) instanceof Map<?, ?> before
                    ? merged((Map<String, Object>) before, (Map<String, Object>) inner)
                    : value));
    return all;
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
        .filter(known -> known.row().isUsualFor(name))
        .findFirst()
        .map(Known::recipe)
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
    Known known = TABLE.get(recipe.name());
    if (known == null) {
      return fewer;
    }
    Row row = known.row();
    Recipe lasting = row.examples() == null ? fewer : fewer.lasting(row.examples().epochs(images));
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
    return TABLE.values().stream().map(Known::recipe).toList();
  }

  /**
   * Returns the recipe named {@code name}.
   *
   * @throws IllegalArgumentException when there is none; the message names the nearest
   */
  public static Recipe byName(String name) {
    Known known = TABLE.get(name);
    if (known == null) {
      throw new IllegalArgumentException(Nearest.unknown("recipe", name, TABLE.keySet()));
    }
    return known.recipe();
  }
}
