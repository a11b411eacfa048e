package org.resnet4j.model;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.graph.Nd4jNatives;

/**
 * Reads and writes Deeplearning4j's zip of a network. Files are checked before they are read and
 * written without compression.
 */
public final class ModelFile {
  private ModelFile() {}

  /** The choice of what happens to the updater's state on reading. */
  public enum Updater {
    /** The updater's state is restored, so that training can continue. */
    KEEP,
    /** The updater's state is left out, for inference. */
    DROP
  }

  /**
   * Reads a zip written by Deeplearning4j or by this project's training. Its contents are checked:
   * classes are those of Deeplearning4j's and this project's configurations, arrays have the
   * configured length, and every number is finite. Entries that are not needed are not
   * decompressed.
   *
   * @throws IOException in one sentence with the file and the remedy
   */
  public static ComputationGraph read(Path file, Updater updater) throws IOException {
    try (ModelZip zip = ModelZip.open(file)) {
      Nd4jNatives.require();
      return Restored.from(zip, updater == Updater.KEEP);
    }
  }

  /**
   * Returns one entry of a model's zip; empty when there is none of that name.
   *
   * @throws IOException when it is longer than {@code most} bytes, or the zip is not whole
   */
  public static Optional<byte[]> entry(Path file, String name, int most) throws IOException {
    try (ModelZip zip = ModelZip.open(file)) {
      ModelZipEntry entry = zip.find(name);
      return entry == null ? Optional.empty() : Optional.of(zip.bytes(entry, most));
    }
  }

  /**
   * Returns a vector in a model's zip.
   *
   * @param length number of its values
   * @throws IOException when there is none of that name and length, or a value is not finite
   */
  public static INDArray array(Path file, String name, long length) throws IOException {
    try (ModelZip zip = ModelZip.open(file)) {
      ModelZipEntry entry = zip.find(name);
      if (entry == null) {
        throw zip.refused(
            "expected the entry " + name + " but it has " + Shown.of(zip.names().toString()));
      }
      Nd4jNatives.require();
      StoredArray stored = StoredArray.read(zip, entry, length, "values");
      if (stored.array() == null || stored.notFinite() >= 0) {
        throw zip.refused(
            name + ": expected finite numbers but value " + stored.notFinite() + " is not");
      }
      return stored.array();
    }
  }

  /**
   * Writes a zip that Deeplearning4j's {@code ModelSerializer} and {@link #read} can read. Numbers
   * are not compressed: compression takes two thirds of a checkpoint's time and saves 7 % of its
   * size.
   *
   * @param more texts by the names of their entries
   */
  public static void write(
      Path file, ComputationGraph network, Updater updater, Map<String, String> more)
      throws IOException {
    write(file, network, updater, more, Map.of());
  }

  /**
   * Writes a zip with more arrays by the names of their entries.
   *
   * @param arrays vectors, each with one value for every parameter
   */
  public static void write(
      Path file,
      ComputationGraph network,
      Updater updater,
      Map<String, String> more,
      Map<String, INDArray> arrays)
      throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      write(zip, ModelSerializer.CONFIGURATION_JSON, network.getConfiguration().toJson());
      write(zip, ModelSerializer.COEFFICIENTS_BIN, network.params());
      INDArray state = updater == Updater.KEEP ? network.getUpdater().getStateViewArray() : null;
      if (state != null && state.length() > 0) {
        write(zip, ModelSerializer.UPDATER_BIN, state);
      }
      for (Map.Entry<String, INDArray> entry : arrays.entrySet()) {
        write(zip, entry.getKey(), entry.getValue());
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
}
