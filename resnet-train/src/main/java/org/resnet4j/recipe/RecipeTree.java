package org.resnet4j.recipe;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.support.ForeignText;
import org.resnet4j.support.Json;
import org.resnet4j.support.Nearest;

/**
 * The strict form of a recipe that a user wrote: every field is there, and is of its type. Readers
 * of run records are lenient, and would take a missing number for 0 and 1.5 for 1.
 */
final class RecipeTree {
  private static final int MOST_SHOWN = 60;

  private RecipeTree() {}

  /**
   * Refuses a tree that is not of the form of a recipe. Values with a form of their own, such as
   * augmentations, are left to it.
   *
   * @throws IllegalArgumentException with the path of the field, what was expected and what it was
   */
  static void check(@Nullable Object tree) {
    check("", Recipe.class, tree);
  }

  private static void check(String path, Class<?> type, @Nullable Object tree) {
    if (!(tree instanceof Map<?, ?> fields)) {
      throw unexpected(path, "an object", tree);
    }
    RecordComponent[] components = type.getRecordComponents();
    List<String> names = Arrays.stream(components).map(RecordComponent::getName).toList();
    for (Object name : fields.keySet()) {
      if (!names.contains(name)) {
        throw new IllegalArgumentException(
            (path.isEmpty() ? "" : path + ": ")
                + Nearest.unknown("field of a recipe", String.valueOf(name), names));
      }
    }
    List<String> missing =
        Arrays.stream(components)
            .filter(component -> !isOptional(component))
            .map(RecordComponent::getName)
            .filter(name -> fields.get(name) == null)
            .toList();
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          (path.isEmpty() ? "it" : path) + " lacks the fields " + missing);
    }
    for (RecordComponent component : components) {
      Object value = fields.get(component.getName());
      if (value != null) {
        String below = (path.isEmpty() ? "" : path + ".") + component.getName();
        checkValue(below, component.getGenericType(), value);
      }
    }
  }

  private static boolean isOptional(RecordComponent component) {
    return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
  }

  private static void checkValue(String path, Type type, Object value) {
    if (type instanceof ParameterizedType generic && generic.getRawType() == List.class) {
      if (!(value instanceof List<?> list)) {
        throw unexpected(path, "a list", value);
      }
      for (int i = 0; i < list.size(); i++) {
        checkValue(path + "[" + i + "]", generic.getActualTypeArguments()[0], list.get(i));
      }
    } else if (type == int.class || type == Integer.class) {
      require(
          value instanceof Integer,
          path,
          "a whole number" + (value instanceof Number ? " below 2^31" : ""),
          value);
    } else if (type == double.class || type == Double.class) {
      require(
          value instanceof Number number && Double.isFinite(number.doubleValue()),
          path,
          value instanceof Number ? "a finite number" : "a number",
          value);
    } else if (type == String.class) {
      require(value instanceof String, path, "a text", value);
    } else if (type instanceof Class<?> named) {
      checkNamed(path, named, value);
    }
  }

  private static void checkNamed(String path, Class<?> type, Object value) {
    if (type.isEnum()) {
      List<String> names =
          Arrays.stream(type.getEnumConstants()).map(it -> ((Enum<?>) it).name()).toList();
      require(names.contains(value), path, "one of " + String.join(", ", names), value);
    } else if (type.isRecord() && !Json.Form.class.isAssignableFrom(type)) {
      check(path, type, value);
    }
  }

  private static void require(boolean condition, String path, String expected, Object actual) {
    if (!condition) {
      throw unexpected(path, expected, actual);
    }
  }

  private static IllegalArgumentException unexpected(
      String path, String expected, @Nullable Object actual) {
    return new IllegalArgumentException(
        "%sexpected %s but was %s"
            .formatted(
                path.isEmpty() ? "" : path + ": ",
                expected,
                ForeignText.start(Json.line(actual), MOST_SHOWN)));
  }
}
