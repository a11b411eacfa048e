package org.resnet4j.recipe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.support.AtomicFile;
import org.resnet4j.support.BoundedFile;
import org.resnet4j.support.Json;
import org.resnet4j.support.JsonException;
import org.resnet4j.support.Nearest;

/**
 * Recipes as JSON files, to be edited, and changes of single fields by name.
 *
 * <pre>{@code
 * RecipeFile.write(Recipes.byName("photos"), Path.of("mine.json"));
 * Recipe mine = RecipeFile.set(RecipeFile.read(Path.of("mine.json")), List.of("lr=0.01"));
 * }</pre>
 */
public final class RecipeFile {
  /** A recipe takes a few kilobytes; class weights add a line for each class. */
  private static final int MOST_BYTES = 1 << 20;

  private static final Json.Limits LIMITS = new Json.Limits(MOST_BYTES, 100_000, 20, 4096);

  /** The short names of fields. */
  private static final Map<String, String> SHORT =
      Map.of("lr", "learningRate", "wd", "weightDecay");

  private RecipeFile() {}

  /** Writes {@code recipe} to {@code file}, field by field. */
  public static void write(Recipe recipe, Path file) throws IOException {
    AtomicFile.write(file, Json.document(recipe));
  }

  /**
   * Returns the recipe in {@code file}. One that has a known name but other fields than that recipe
   * gets the name of the file: known recipes are adapted to the data, and own ones are taken as
   * they are.
   *
   * @throws IOException when it is no recipe; the message names the field
   */
  public static Recipe read(Path file) throws IOException {
    byte[] bytes =
        BoundedFile.read(
            file,
            MOST_BYTES,
            "expected a recipe of at most %s bytes but there are more".formatted(MOST_BYTES));
    try {
      // Unlike a new String, a decoder refuses other bytes than UTF-8.
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      Json.check(text, LIMITS);
      Recipe read = of(Json.parse(text));
      boolean isChanged =
          Recipes.all().stream()
              .anyMatch(known -> known.name().equals(read.name()) && !known.equals(read));
      return isChanged ? read.with(next -> next.name(name(file))) : read;
    } catch (JsonException | IllegalArgumentException | CharacterCodingException e) {
      throw new IOException(
          "%s: expected a recipe, as RecipeFile.write writes it, but: %s"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName()).replaceFirst("\\.json$", "");
  }

  /**
   * Returns {@code recipe} with fields changed, which are checked together.
   *
   * @param assignments each {@code FIELD=VALUE}: the name of a field of {@link Recipe}, or a dotted
   *     path to a field of a field; then JSON, in which quotes of texts may be left out
   * @throws IllegalArgumentException when there is no such field, or it cannot have the value
   */
  public static Recipe set(Recipe recipe, List<String> assignments) {
    Map<String, Object> fields = copy(Json.tree(recipe));
    assignments.forEach(assignment -> assign(assignment, fields));
    try {
      return of(fields);
    } catch (JsonException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static void assign(String assignment, Map<String, Object> fields) {
    int at = assignment.indexOf('=');
    if (at < 1) {
      throw new IllegalArgumentException(
          "expected FIELD=VALUE, for example lr=0.05, but was \"" + assignment + "\"");
    }
    String field = assignment.substring(0, at).strip();
    String[] path = SHORT.getOrDefault(field, field).split("\\.", -1);
    Map<String, Object> inner = fields;
    for (int i = 0; i < path.length - 1; i++) {
      requireKnown(path[i], inner);
      Map<String, Object> next = copy(inner.get(path[i]));
      inner.put(path[i], next);
      inner = next;
    }
    requireKnown(path[path.length - 1], inner);
    inner.put(path[path.length - 1], value(assignment.substring(at + 1).strip()));
  }

  private static void requireKnown(String field, Map<String, Object> fields) {
    if (!fields.containsKey(field)) {
      throw new IllegalArgumentException(
          Nearest.unknown("field of a recipe", field, fields.keySet()));
    }
  }

  /** Returns the fields of an object; none of another value. */
  static Map<String, Object> copy(@Nullable Object tree) {
    Map<String, Object> fields = new LinkedHashMap<>();
    if (tree instanceof Map<?, ?> map) {
      map.forEach((name, value) -> fields.put((String) name, value));
    }
    return fields;
  }

  private static @Nullable Object value(String text) {
    try {
      return Json.parse(text);
    } catch (JsonException e) {
      return text; // a text without quotes
    }
  }

  private static Recipe of(@Nullable Object tree) throws JsonException {
    RecipeTree.check(tree);
    return Json.read(tree, Recipe.class);
  }
}
