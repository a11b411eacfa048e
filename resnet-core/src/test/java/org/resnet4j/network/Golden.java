package org.resnet4j.network;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The results that PyTorch computed for one case. {@code make_goldens.py} documents the files.
 *
 * @param fields the description of the case, for example {@code input} → {@code 3x9x8}
 * @param tensors results by name
 */
record Golden(String file, String name, Map<String, String> fields, Map<String, double[]> tensors) {

  /** Returns all cases of {@code FILE.txt}. */
  static List<Golden> read(String file) {
    InputStream resource = Golden.class.getResourceAsStream(file + ".txt");
    if (resource == null) {
      throw new AssertionError(file + ".txt: no such golden; make it with " + command(file));
    }
    List<Golden> cases = new ArrayList<>();
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(resource, StandardCharsets.US_ASCII))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        String[] words = line.split(" ", -1);
        if (words[0].equals("case")) {
          cases.add(new Golden(file, words[1], fields(words), new LinkedHashMap<>()));
        } else if (!words[0].equals("#")) {
          double[] values =
              Arrays.stream(words, 1, words.length).mapToDouble(Double::parseDouble).toArray();
          cases.get(cases.size() - 1).tensors.put(words[0], values);
        }
      }
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
    return cases;
  }

  /** Returns the case of a file that has only one. */
  static Golden only(String file) {
    return read(file).get(0);
  }

  private static Map<String, String> fields(String[] words) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (String field : Arrays.asList(words).subList(2, words.length)) {
      String[] pair = field.split("=", 2);
      fields.put(pair[0], pair[1]);
    }
    return fields;
  }

  /** Returns the command that makes {@code file} again. */
  static String command(String file) {
    return "python3 resnet-core/src/test/python/make_goldens.py " + file;
  }

  String field(String key) {
    String value = fields.get(key);
    if (value == null) {
      throw new AssertionError("%s: expected a field %s in %s".formatted(name, key, fields));
    }
    return value;
  }

  /** Returns a field of the case, which may be absent in cases where few have it. */
  String field(String key, String otherwise) {
    return fields.getOrDefault(key, otherwise);
  }

  int number(String key) {
    return Integer.parseInt(field(key));
  }

  double[] tensor(String key) {
    double[] values = tensors.get(key);
    if (values == null) {
      throw new AssertionError(
          "%s: no result %s; make it with %s".formatted(name, key, command(file)));
    }
    return values;
  }

  @Override
  public String toString() {
    return name;
  }
}
