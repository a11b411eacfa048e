package org.resnet4j.model;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Mutations of a valid model that keep checksums and lengths of the zip right, so that the readers
 * behind them are reached: numbers of array headers, values of the configuration, entries.
 */
final class ModelMutations {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> ARRAYS = List.of("coefficients.bin", "updaterState.bin");
  private static final long[] NUMBERS = {
    0, 1, 2, 3, -1, 1 << 16, 1L << 31, 1L << 32, 1L << 40, 1L << 62, Long.MAX_VALUE, Long.MIN_VALUE
  };
  private static final List<String> KEYS =
      List.of(
          "@class",
          "type",
          "class",
          "@type",
          "Type",
          "layer",
          "dist",
          "distribution",
          "weightInit",
          "weightInitFn",
          "iupdater",
          "updater",
          "activationFn",
          "lossFn",
          "idropout",
          "shape",
          "data",
          "dataType",
          "dataBuffer",
          "preProcessor",
          "nin",
          "nout",
          "kernelSize",
          "learningRateSchedule",
          "vertices",
          "vertexInputs",
          "networkInputs",
          "networkOutputs",
          "constraints",
          "weightNoise",
          "stepFunction",
          "regularization",
          "variables",
          "layerConf");
  private static final List<String> CLASSES = classes();

  private static final ModelEntries GOOD = ModelEntries.of(ModelEntries.network(DataType.FLOAT));
  private static final JsonNode TREE = tree(GOOD.json());

  private final FuzzedDataProvider data;
  private final ModelEntries entries = new ModelEntries();
  private final JsonNode tree = TREE.deepCopy();

  ModelMutations(FuzzedDataProvider data) {
    this.data = data;
    entries.bytes.putAll(GOOD.bytes);
  }

  private static List<String> classes() {
    List<String> all = new ArrayList<>(ConfigurationClasses.names());
    all.sort(String::compareTo);
    all.add(0, ForeignClasses.NAME);
    all.add(1, "java.util.HashMap");
    all.add(2, "org.nd4j.linalg.learning.config.Adam<" + ForeignClasses.NAME + ">");
    return all;
  }

  private static JsonNode tree(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  byte[] zip() {
    int changes = data.consumeInt(1, 4);
    boolean raw = false;
    for (int i = 0; i < changes; i++) {
      switch (data.consumeInt(0, 9)) {
        case 0, 1 -> header();
        case 2 -> values();
        case 3 -> entry();
        default -> node();
      }
    }
    entries.json(tree.toString());
    if (data.consumeInt(0, 15) == 0) {
      raw = true;
      bytes("configuration.json");
    }
    byte[] zip = entries.zip();
    if (!raw && data.consumeInt(0, 7) == 0) {
      for (int i = data.consumeInt(1, 4); i > 0; i--) {
        zip[data.consumeInt(0, zip.length - 1)] = data.consumeByte();
      }
    }
    return zip;
  }

  private long number() {
    return data.consumeBoolean()
        ? NUMBERS[data.consumeInt(0, NUMBERS.length - 1)]
        : data.consumeLong();
  }

  /** Changes one of the leading numbers, which are multiples of eight bytes after 2 + 16 bytes. */
  private void header() {
    String name = ARRAYS.get(data.consumeInt(0, 1));
    byte[] bytes = entries.bytes.getOrDefault(name, new byte[0]).clone();
    int[] starts = {18, 32, 40, 48, 56, 64, 72, 98};
    int at = starts[data.consumeInt(0, starts.length - 1)];
    if (at + Long.BYTES <= bytes.length) {
      ByteBuffer.wrap(bytes).putLong(at, number());
      entries.bytes.put(name, bytes);
    }
  }

  private void values() {
    bytes(ARRAYS.get(data.consumeInt(0, 1)));
  }

  private void bytes(String name) {
    byte[] bytes = entries.bytes.getOrDefault(name, new byte[0]).clone();
    if (bytes.length > 0) {
      bytes[data.consumeInt(0, Math.min(bytes.length - 1, 1 << 12))] = data.consumeByte();
      entries.bytes.put(name, bytes);
    }
  }

  private void entry() {
    String name = List.copyOf(GOOD.bytes.keySet()).get(data.consumeInt(0, 2));
    switch (data.consumeInt(0, 3)) {
      case 0 -> entries.bytes.remove(name);
      case 1 -> entries.bytes.put(data.consumeString(20), data.consumeBytes(100));
      case 2 -> entries.bytes.put("preprocessor.bin", data.consumeBytes(20));
      default -> {
        byte[] bytes = entries.bytes.getOrDefault(name, new byte[0]);
        entries.bytes.put(
            name, java.util.Arrays.copyOf(bytes, data.consumeInt(0, bytes.length + 100)));
      }
    }
  }

  private void node() {
    List<ContainerNode<?>> all = new ArrayList<>();
    collect(tree, all);
    ContainerNode<?> parent = all.get(data.consumeInt(0, all.size() - 1));
    JsonNode value = value(all);
    if (parent instanceof ObjectNode object) {
      List<String> names = new ArrayList<>();
      object.fieldNames().forEachRemaining(names::add);
      boolean old = !names.isEmpty() && data.consumeInt(0, 3) > 0;
      List<String> from = old ? names : KEYS;
      String name = from.get(data.consumeInt(0, from.size() - 1));
      if (data.consumeInt(0, 7) == 0) {
        object.remove(name);
      } else {
        object.set(name, value);
      }
    } else if (parent instanceof ArrayNode array) {
      array.insert(data.consumeInt(0, array.size()), value);
    }
  }

  private JsonNode value(List<ContainerNode<?>> all) {
    JsonNodeFactory make = JsonNodeFactory.instance;
    String name = CLASSES.get(data.consumeInt(0, CLASSES.size() - 1));
    return switch (data.consumeInt(0, 9)) {
      case 0 -> make.textNode(name);
      case 1 -> make.arrayNode().add(name).add(make.objectNode());
      case 2 -> make.objectNode().put("@class", name);
      case 3 -> make.objectNode().put("type", name);
      case 4 -> make.nullNode();
      case 5 -> make.textNode(data.consumeString(20));
      case 6 -> make.booleanNode(data.consumeBoolean());
      case 7 -> make.numberNode(data.consumeDouble());
      case 8 -> all.get(data.consumeInt(0, all.size() - 1)).deepCopy();
      default -> make.numberNode(number());
    };
  }

  private static void collect(JsonNode node, List<ContainerNode<?>> all) {
    if (node instanceof ContainerNode<?> container) {
      all.add(container);
    }
    node.forEach(child -> collect(child, all));
  }
}
