package org.resnet4j.graph;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;

/** Deeplearning4j's zip of a network, read only after a look inside. */
public final class ModelFile {
  /** Far above the configuration of the deepest row, about 20 MiB. */
  private static final int MOST_CONFIGURATION_BYTES = 128 << 20;

  /** Shape information in front of the numbers. */
  private static final int ARRAY_HEADER_BYTES = 4096;

  /** Adam-like updaters keep up to three values of eight bytes a parameter. */
  private static final int MOST_BYTES_A_PARAMETER = 24;

  private static final List<String> TRUSTED =
      List.of("org.deeplearning4j.", "org.nd4j.", "org.resnet4j.");

  private ModelFile() {}

  /** What to restore of a network in training. */
  public enum Updater {
    /** It continues where it stopped. */
    KEEP,
    /** For inference. */
    DROP
  }

  /**
   * Reads a zip that Deeplearning4j, or a training here, has written. Serialised Java objects,
   * classes of strangers and entries larger than the network are refused before anything is
   * restored.
   *
   * @throws IOException in one sentence with the file and the remedy
   */
  public static ComputationGraph read(Path file, Updater updater) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException(
          file + ": there is no such model file; expected a zip that train wrote");
    }
    inspect(file);
    try {
      return ModelSerializer.restoreComputationGraph(file.toFile(), updater == Updater.KEEP);
    } catch (RuntimeException e) {
      throw new IOException(
          file + ": expected the zip of a ComputationGraph, but restoring it ended in: " + e, e);
    }
  }

  private static void inspect(Path file) throws IOException {
    Map<String, Long> sizes = new LinkedHashMap<>();
    long parameters = -1;
    try (ZipInputStream zip =
        new ZipInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        String name = entry.getName();
        if (name.equals(ModelSerializer.PREPROCESSOR_BIN)) {
          throw new IOException(
              file
                  + ": holds preprocessor.bin, a serialised Java object that could run code; remove that entry and try again");
        }
        if (name.equals(ModelSerializer.CONFIGURATION_JSON)) {
          byte[] json = zip.readNBytes(MOST_CONFIGURATION_BYTES + 1);
          parameters = parameterCount(file, json);
          sizes.put(name, (long) json.length);
        } else {
          long most =
              parameters < 0
                  ? MOST_CONFIGURATION_BYTES
                  : parameters * MOST_BYTES_A_PARAMETER + ARRAY_HEADER_BYTES;
          sizes.put(name, measure(file, name, zip, most));
        }
      }
    } catch (ZipException e) {
      throw new IOException(file + ": expected a zip of a model but was: " + e.getMessage(), e);
    }
    if (parameters < 0 || !sizes.containsKey(ModelSerializer.COEFFICIENTS_BIN)) {
      throw new IOException(
          file
              + ": expected the entries configuration.json and coefficients.bin of a Deeplearning4j zip but it has "
              + sizes.keySet());
    }
  }

  private static long measure(Path file, String entry, InputStream in, long most)
      throws IOException {
    byte[] buffer = new byte[1 << 16];
    long size = 0;
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      size += n;
      if (size > most) {
        throw new IOException(
            "%s: %s: expected at most %d bytes for this network but there are more"
                .formatted(file, entry, most));
      }
    }
    return size;
  }

  private static long parameterCount(Path file, byte[] json) throws IOException {
    if (json.length > MOST_CONFIGURATION_BYTES) {
      throw new IOException(
          "%s: configuration.json: expected at most %d bytes but there are more"
              .formatted(file, MOST_CONFIGURATION_BYTES));
    }
    JsonNode tree;
    try {
      tree = new ObjectMapper().readTree(json);
    } catch (JsonProcessingException e) {
      throw new IOException(file + ": configuration.json: " + e.getOriginalMessage(), e);
    }
    for (JsonNode name : tree.findValues("@class")) {
      if (TRUSTED.stream().noneMatch(name.asText()::startsWith)) {
        throw new IOException(
            "%s: configuration.json: expected classes of %s but it names %s"
                .formatted(file, TRUSTED, name.asText()));
      }
    }
    try {
      return ComputationGraphConfiguration.fromJson(new String(json, StandardCharsets.UTF_8))
          .getVertices()
          .values()
          .stream()
          .mapToLong(vertex -> vertex.numParams(true))
          .sum();
    } catch (RuntimeException e) {
      throw new IOException(
          file + ": configuration.json: expected a ComputationGraph but was: " + e.getMessage(), e);
    }
  }
}
