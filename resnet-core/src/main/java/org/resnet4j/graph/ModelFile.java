package org.resnet4j.graph;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Deeplearning4j's zip of a network: read only after a look inside, written without packing. */
public final class ModelFile {
  /** Far above the configuration of the deepest row, about 20 MiB. */
  private static final int MOST_OTHER_BYTES = 128 << 20;

  /** Rank 32: rank, sides, strides, offset, element-wise stride and order. */
  private static final int MOST_SHAPE_LONGS = 2 * 32 + 4;

  /** Adam-like updaters keep up to three values a parameter. */
  private static final int MOST_STATES_A_PARAMETER = 3;

  private static final String EXPECTED_ENTRIES =
      "%s: expected the entries configuration.json and coefficients.bin of a Deeplearning4j zip but it has %s";

  private static final Set<String> LEGACY_MODES = Set.of("DIRECT", "HEAP", "JAVACPP");

  private static final ObjectMapper STRICT =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

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

  /**
   * Writes a zip that Deeplearning4j's {@code ModelSerializer} and {@link #read} read. Numbers are
   * not packed: that takes two thirds of the time of a checkpoint and saves a fourteenth.
   *
   * @param more texts by the names of their entries
   */
  public static void write(
      Path file, ComputationGraph network, Updater updater, Map<String, String> more)
      throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      write(zip, ModelSerializer.CONFIGURATION_JSON, network.getConfiguration().toJson());
      write(zip, ModelSerializer.COEFFICIENTS_BIN, network.params());
      INDArray state = updater == Updater.KEEP ? network.getUpdater().getStateViewArray() : null;
      if (state != null && state.length() > 0) {
        write(zip, ModelSerializer.UPDATER_BIN, state);
      }
      for (Map.Entry<String, String> entry : more.entrySet()) {
        write(zip, entry.getKey(), entry.getValue());
      }
    }
  }

  private static void write(ZipOutputStream zip, String name, String text) throws IOException {
    zip.setLevel(Deflater.DEFAULT_COMPRESSION);
    zip.putNextEntry(new ZipEntry(name));
    zip.write(text.getBytes(StandardCharsets.UTF_8));
    zip.closeEntry();
  }

  private static void write(ZipOutputStream zip, String name, INDArray array) throws IOException {
    zip.setLevel(Deflater.NO_COMPRESSION);
    zip.putNextEntry(new ZipEntry(name));
    DataOutputStream data = new DataOutputStream(new BufferedOutputStream(zip, 1 << 16));
    Nd4j.write(array, data);
    data.flush();
    zip.closeEntry();
  }

  private static void inspect(Path file) throws IOException {
    try {
      long parameters = parameterCount(file);
      Set<String> names = new LinkedHashSet<>();
      each(
          file,
          (name, in) -> {
            names.add(name);
            requireSane(file, name, in, parameters);
          });
      if (!names.contains(ModelSerializer.COEFFICIENTS_BIN)) {
        throw new IOException(EXPECTED_ENTRIES.formatted(file, names));
      }
    } catch (ZipException | EOFException e) {
      throw new IOException(file + ": expected a whole zip of a model but: " + e.getMessage(), e);
    }
  }

  private interface Entry {
    void accept(String name, InputStream in) throws IOException;
  }

  private static void each(Path file, Entry action) throws IOException {
    try (ZipInputStream zip =
        new ZipInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        action.accept(entry.getName(), zip);
      }
    }
  }

  private static void requireSane(Path file, String name, InputStream in, long parameters)
      throws IOException {
    switch (name) {
      case ModelSerializer.PREPROCESSOR_BIN ->
          throw new IOException(
              file
                  + ": holds preprocessor.bin, a serialised Java object that could run code; remove that entry and try again");
      case ModelSerializer.COEFFICIENTS_BIN -> requireArray(file, name, in, parameters, 1);
      case ModelSerializer.UPDATER_BIN ->
          requireArray(file, name, in, parameters, MOST_STATES_A_PARAMETER);
      default -> measure(file, name, in, MOST_OTHER_BYTES);
    }
  }

  /**
   * What {@code Nd4j.read} will allocate: shape information, then values, each behind its length.
   */
  private static void requireArray(
      Path file, String name, InputStream in, long parameters, int states) throws IOException {
    DataInputStream data = new DataInputStream(in);
    long shape = length(data);
    if (shape < 0 || shape > MOST_SHAPE_LONGS) {
      throw new IOException(
          "%s: %s: expected at most %s numbers of shape but it claims %s"
              .formatted(file, name, MOST_SHAPE_LONGS, shape));
    }
    data.skipNBytes(shape * Long.BYTES);
    long values = length(data);
    if (values < 0 || values > parameters * states) {
      throw new IOException(
          "%s: %s: expected at most %s values for this network but it claims %s"
              .formatted(file, name, parameters * states, values));
    }
    measure(file, name, in, values * Double.BYTES);
  }

  /** The length in the header of an ND4J buffer; old ones have 32 bits. */
  private static long length(DataInputStream data) throws IOException {
    String mode = data.readUTF();
    long length = LEGACY_MODES.contains(mode) ? data.readInt() : data.readLong();
    data.readUTF();
    return length;
  }

  private static void measure(Path file, String entry, InputStream in, long most)
      throws IOException {
    byte[] buffer = new byte[1 << 16];
    long size = 0;
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      size += n;
      if (size > most) {
        throw new IOException(
            "%s: %s: expected at most %s bytes for this network but there are more"
                .formatted(file, entry, most));
      }
    }
  }

  private static long parameterCount(Path file) throws IOException {
    Set<String> names = new LinkedHashSet<>();
    long[] count = {-1};
    each(
        file,
        (name, in) -> {
          names.add(name);
          if (name.equals(ModelSerializer.CONFIGURATION_JSON)) {
            count[0] = parameterCount(file, in.readNBytes(MOST_OTHER_BYTES + 1));
          }
        });
    if (count[0] < 0) {
      throw new IOException(EXPECTED_ENTRIES.formatted(file, names));
    }
    return count[0];
  }

  private static long parameterCount(Path file, byte[] json) throws IOException {
    if (json.length > MOST_OTHER_BYTES) {
      throw new IOException(
          "%s: configuration.json: expected at most %s bytes but there are more"
              .formatted(file, MOST_OTHER_BYTES));
    }
    JsonNode tree;
    try {
      tree = STRICT.readTree(json);
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
