package org.resnet4j.zoo.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a model's configuration says of its layers: class and name. Everything else is skipped. */
final class KerasConfig {
  private static final int DEEPEST = 100;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
          .build();

  /**
   * A layer, or a model.
   *
   * @param kind its class
   * @param layers those of a model
   */
  private record Layer(String kind, String name, List<Layer> layers) {}

  private final JsonParser json;

  private KerasConfig(JsonParser json) {
    this.json = json;
  }

  /** Names of layers by their path among the weights, for example {@code layers/conv2d_1}. */
  static Map<String, String> layers(String where, InputStream text) throws IOException {
    try (JsonParser json = FACTORY.createParser(text)) {
      json.nextToken();
      Map<String, String> names = new HashMap<>();
      collect("", new KerasConfig(json).layer().layers(), names);
      return names;
    } catch (JsonProcessingException e) {
      throw new WeightFileException(
          "%s: config.json: expected JSON but: %s; %s"
              .formatted(where, e.getOriginalMessage(), WeightFileException.REFETCH),
          e);
    }
  }

  /** Layers of one class are counted from the second on. */
  private static void collect(String prefix, List<Layer> layers, Map<String, String> names) {
    Map<String, Integer> counts = new HashMap<>();
    for (Layer layer : layers) {
      String kind = snakeCase(layer.kind());
      int count = counts.merge(kind, 1, Integer::sum) - 1;
      String path = prefix + "layers/" + (count == 0 ? kind : kind + "_" + count);
      names.put(path, layer.name());
      collect(path + "/", layer.layers(), names);
    }
  }

  /**
   * {@code BatchNormalization} to {@code batch_normalization}, {@code Conv2D} to {@code conv2d}.
   */
  private static String snakeCase(String name) {
    return name.replaceAll("\\W+", "")
        .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
        .replaceAll("([a-z])([A-Z])", "$1_$2")
        .toLowerCase(Locale.ROOT);
  }

  private Layer layer() throws IOException {
    String kind = "";
    Layer config = new Layer("", "", List.of());
    if (json.currentToken() == JsonToken.START_OBJECT) {
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String field = json.currentName();
        json.nextToken();
        switch (field) {
          case "class_name" -> kind = json.getValueAsString("");
          case "config" -> config = config();
          default -> json.skipChildren();
        }
      }
    } else {
      json.skipChildren();
    }
    return new Layer(kind, config.name(), config.layers());
  }

  private Layer config() throws IOException {
    String name = "";
    List<Layer> layers = new ArrayList<>();
    if (json.currentToken() == JsonToken.START_OBJECT) {
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String field = json.currentName();
        json.nextToken();
        if (field.equals("name")) {
          name = json.getValueAsString("");
        } else if (field.equals("layers") && json.currentToken() == JsonToken.START_ARRAY) {
          while (json.nextToken() != JsonToken.END_ARRAY) {
            layers.add(layer());
          }
        } else {
          json.skipChildren();
        }
      }
    } else {
      json.skipChildren();
    }
    return new Layer("", name, layers);
  }
}
