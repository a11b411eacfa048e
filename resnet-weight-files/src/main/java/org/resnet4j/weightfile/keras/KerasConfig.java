package org.resnet4j.weightfile.keras;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.support.Json;
import org.resnet4j.support.JsonException;
import org.resnet4j.tensors.WeightFileException;

/** Reads class and name of each layer from a model's configuration. Everything else is skipped. */
final class KerasConfig {
  /** The largest accepted size in bytes; a ResNet-152 has 0.2 MiB. */
  private static final int MOST_BYTES = 16 << 20;

  private static final Json.Limits LIMITS = new Json.Limits(MOST_BYTES, 1 << 20, 100, MOST_BYTES);

  private KerasConfig() {}

  /**
   * Returns the names of layers by their path among the weights, for example {@code
   * layers/conv2d_1}.
   */
  static Map<String, String> layers(String where, InputStream text) throws IOException {
    byte[] bytes = text.readNBytes(MOST_BYTES + 1);
    if (bytes.length > MOST_BYTES) {
      throw new WeightFileException(
          "%s: config.json: expected at most %s bytes but there are more"
              .formatted(where, MOST_BYTES));
    }
    try {
      String json = new String(bytes, StandardCharsets.UTF_8);
      Json.check(json, LIMITS);
      Map<String, String> names = new HashMap<>();
      collect("", field(field(Json.parse(json), "config"), "layers"), names);
      return names;
    } catch (JsonException e) {
      throw new WeightFileException(
          "%s: config.json: expected JSON but: %s; %s"
              .formatted(where, e.getMessage(), WeightFileException.REFETCH),
          e);
    }
  }

  /** Collects the layers; a path has a counter from the second layer of its class on. */
  private static void collect(String prefix, @Nullable Object layers, Map<String, String> names) {
    if (!(layers instanceof List<?> list)) {
      return;
    }
    Map<String, Integer> counts = new HashMap<>();
    for (Object layer : list) {
      String kind = snakeCase(text(field(layer, "class_name")));
      int count = counts.merge(kind, 1, Integer::sum) - 1;
      String path = prefix + "layers/" + (count == 0 ? kind : kind + "_" + count);
      names.put(path, text(field(field(layer, "config"), "name")));
      collect(path + "/", field(field(layer, "config"), "layers"), names);
    }
  }

  private static @Nullable Object field(@Nullable Object tree, String name) {
    return tree instanceof Map<?, ?> map ? map.get(name) : null;
  }

  private static String text(@Nullable Object value) {
    return value instanceof String text ? text : "";
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
