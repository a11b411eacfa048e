package org.resnet4j.zoo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.resnet4j.support.Json;
import org.resnet4j.support.JsonException;

/** An object of a JSON file from the Hugging Face hub, whose fields are read with their types. */
record HubJson(String where, Map<?, ?> fields) {
  static final String CONFIG = "config.json";

  static HubJson read(Path file) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(ModelEntry.MOST_BYTES + 1);
    }
    if (bytes.length > ModelEntry.MOST_BYTES) {
      throw new IOException(
          file + ": expected at most " + ModelEntry.MOST_BYTES + " bytes but there are more");
    }
    try {
      String text = new String(bytes, StandardCharsets.UTF_8);
      Json.check(text, ModelEntry.LIMITS);
      if (Json.parse(text) instanceof Map<?, ?> fields) {
        return new HubJson(file.toString(), fields);
      }
      throw new IllegalArgumentException("it is not an object");
    } catch (JsonException | IllegalArgumentException e) {
      throw new IOException(file + ": expected a JSON object but: " + e.getMessage(), e);
    }
  }

  /** Returns a field's value; empty if it is missing or null. */
  Optional<Object> find(String name) {
    return Optional.ofNullable(fields.get(name));
  }

  /** Returns the object in a field; empty if it is missing or null. */
  Optional<HubJson> object(String name) {
    return find(name).map(value -> new HubJson(where + ": " + name, map(name, value)));
  }

  Optional<String> text(String name) {
    return find(name).map(value -> as(name, value, String.class));
  }

  Optional<Boolean> flag(String name) {
    return find(name).map(value -> as(name, value, Boolean.class));
  }

  Optional<Double> number(String name) {
    return find(name).map(value -> number(name, value));
  }

  /** Returns a whole number in [1, 2^24]. */
  Optional<Integer> size(String name) {
    return find(name).map(value -> size(name, value));
  }

  Optional<List<Double>> numbers(String name) {
    return find(name)
        .map(value -> list(name, value).stream().map(each -> number(name, each)).toList());
  }

  Optional<int[]> sizes(String name) {
    return find(name)
        .map(value -> list(name, value).stream().mapToInt(each -> size(name, each)).toArray());
  }

  /** Returns the value that a field must have. */
  <T> T required(String name, Optional<T> value) {
    return value.orElseThrow(
        () -> new IllegalArgumentException("%s: expected a field \"%s\"".formatted(where, name)));
  }

  IllegalArgumentException refused(String name, String expected, Object actual) {
    return new IllegalArgumentException(
        "%s: \"%s\": expected %s but was %s".formatted(where, name, expected, Json.line(actual)));
  }

  private double number(String name, Object value) {
    double number = as(name, value, Number.class).doubleValue();
    if (!Double.isFinite(number)) {
      throw refused(name, "a finite number", value);
    }
    return number;
  }

  private int size(String name, Object value) {
    double number = number(name, value);
    if (number < 1 || number > 1 << 24 || number != Math.rint(number)) {
      throw refused(name, "a whole number from 1 to 2^24", value);
    }
    return (int) number;
  }

  private Map<?, ?> map(String name, Object value) {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw refused(name, "an object", value);
  }

  private List<?> list(String name, Object value) {
    if (value instanceof List<?> list) {
      return list;
    }
    throw refused(name, "a list", value);
  }

  private <T> T as(String name, Object value, Class<T> type) {
    if (!type.isInstance(value)) {
      throw refused(
          name,
          switch (type.getSimpleName()) {
            case "String" -> "a text";
            case "Boolean" -> "true or false";
            default -> "a number";
          },
          value);
    }
    return type.cast(value);
  }
}
