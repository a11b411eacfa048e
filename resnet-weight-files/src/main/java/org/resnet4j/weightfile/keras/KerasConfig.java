package org.resnet4j.weightfile.keras;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.support.Json;
import org.resnet4j.support.JsonException;
import org.resnet4j.tensors.WeightFileException;

/**
 * The configuration of a model, a JSON tree in which everything may be missing.
 *
 * @param tree that of {@code config.json} or {@code model_config}
 */
record KerasConfig(@Nullable Object tree) {
  /** The largest accepted size in bytes; a ResNet-152 has 0.2 MiB. */
  static final int MOST_BYTES = 16 << 20;

  private static final Json.Limits LIMITS = new Json.Limits(MOST_BYTES, 1 << 20, 100, MOST_BYTES);

  /**
   * Returns the configuration that {@code text} is.
   *
   * @param where file and place in it, for messages
   */
  static KerasConfig parse(String where, byte[] text) throws IOException {
    if (text.length > MOST_BYTES) {
      throw new WeightFileException(
          "%s: expected at most %s bytes but there are %s"
              .formatted(where, MOST_BYTES, text.length));
    }
    try {
      String json = new String(text, StandardCharsets.UTF_8);
      Json.check(json, LIMITS);
      return new KerasConfig(Json.parse(json));
    } catch (JsonException e) {
      throw new WeightFileException(
          "%s: expected JSON but: %s; %s"
              .formatted(where, e.getMessage(), WeightFileException.REFETCH),
          e);
    }
  }

  /**
   * Returns the names of layers by their path among the weights, for example {@code
   * layers/conv2d_1}.
   */
  Map<String, String> layers() {
    Map<String, String> names = new HashMap<>();
    collect("", field("config").field("layers"), names);
    return names;
  }

  /** Collects the layers; a path has a counter from the second layer of its class on. */
  private static void collect(String prefix, KerasConfig layers, Map<String, String> names) {
    Map<String, Integer> counts = new HashMap<>();
    for (KerasConfig layer : layers.items()) {
      String kind = snakeCase(layer.text("class_name"));
      int count = counts.merge(kind, 1, Integer::sum) - 1;
      String path = prefix + "layers/" + (count == 0 ? kind : kind + "_" + count);
      KerasConfig config = layer.field("config");
      names.put(path, config.text("name"));
      collect(path + "/", config.field("layers"), names);
    }
  }

  /** Returns a field of an object; one without a tree when there is none. */
  KerasConfig field(String name) {
    return new KerasConfig(tree instanceof Map<?, ?> map ? map.get(name) : null);
  }

  /** Returns the items of a list; none when it is no list. */
  List<KerasConfig> items() {
    return tree instanceof List<?> list ? list.stream().map(KerasConfig::new).toList() : List.of();
  }

  /** Returns a field that is a text; empty when there is none. */
  String text(String name) {
    return field(name).tree() instanceof String text ? text : "";
  }

  /** Returns a field that is a number, or {@code otherwise}. */
  double number(String name, double otherwise) {
    return field(name).tree() instanceof Number number ? number.doubleValue() : otherwise;
  }

  /** Returns the numbers in a list and the lists in it; a number alone counts as two. */
  List<Double> numbers() {
    if (tree instanceof Number number) {
      return List.of(number.doubleValue(), number.doubleValue());
    }
    return items().stream()
        .flatMap(
            item ->
                item.tree() instanceof Number number
                    ? List.of(number.doubleValue()).stream()
                    : item.items().stream().map(KerasConfig::tree).map(KerasConfig::value))
        .toList();
  }

  private static double value(@Nullable Object tree) {
    return tree instanceof Number number ? number.doubleValue() : Double.NaN;
  }

  /**
   * Turns {@code BatchNormalization} into {@code batch_normalization}, {@code Conv2D} into {@code
   * conv2d}.
   */
  private static String snakeCase(String name) {
    return name.replaceAll("\\W+", "")
        .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
        .replaceAll("([a-z])([A-Z])", "$1_$2")
        .toLowerCase(Locale.ROOT);
  }
}
