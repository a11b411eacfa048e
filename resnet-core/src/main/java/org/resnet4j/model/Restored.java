package org.resnet4j.model;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Restores the network in a {@link ModelZip}. It follows the steps of {@code
 * ModelSerializer.restoreComputationGraph} and checks each part before using it.
 */
final class Restored {
  /** The allowance in bytes for other entries, such as run records and normalizers. */
  private static final long FREE_BYTES = 128L << 20;

  /** The largest number of bytes per parameter: its value and up to three of an updater's state. */
  private static final int MOST_BYTES_A_PARAMETER = 4 * Double.BYTES;

  private final ModelZip zip;

  private Restored(ModelZip zip) {
    this.zip = zip;
  }

  /**
   * Returns the network.
   *
   * @throws IOException in one sentence with the file and the remedy
   */
  static ComputationGraph from(ModelZip zip, boolean withUpdater) throws IOException {
    try {
      return new Restored(zip).network(withUpdater);
    } catch (EOFException e) {
      throw new IOException(
          zip.where() + ": expected a whole model but one of its arrays ends early", e);
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw new IOException(
          zip.where()
              + ": expected the zip of a ComputationGraph, but restoring it ended in: "
              + Shown.of(e),
          e);
    } catch (OutOfMemoryError e) {
      throw new IOException(
          zip.where() + ": there is no memory for a network of " + zip.totalSize() + " bytes", e);
    }
  }

  private ComputationGraph network(boolean withUpdater) throws IOException {
    ModelZipEntry json = zip.find(ModelSerializer.CONFIGURATION_JSON);
    ModelZipEntry coefficients = zip.find(ModelSerializer.COEFFICIENTS_BIN);
    if (json == null || coefficients == null) {
      throw zip.refused(
          "expected the entries configuration.json and coefficients.bin of a Deeplearning4j zip but"
              + " it has "
              + Shown.of(zip.names().toString()));
    }
    if (zip.names().contains(ModelSerializer.PREPROCESSOR_BIN)) {
      throw zip.refused(
          "holds preprocessor.bin, a serialised Java object that could run code; remove that entry"
              + " and try again");
    }
    ComputationGraphConfiguration configuration =
        ConfigurationJson.read(
            zip.where() + ": " + json.name(), zip.bytes(json, ConfigurationJson.MOST_BYTES));
    long count = ConfigurationJson.parameterCount(configuration);
    long most = FREE_BYTES + MOST_BYTES_A_PARAMETER * count;
    if (zip.totalSize() > most) {
      throw zip.refused(
          "expected at most "
              + most
              + " bytes in all entries of a network of "
              + count
              + " parameters but they claim "
              + zip.totalSize());
    }
    StoredArray parameters = parameters(coefficients, count);
    configuration.setDataType(parameters.type());
    ComputationGraph network = new ComputationGraph(configuration);
    network.init(parameters.array(), false);
    requireConsistent(network, count);
    requireFinite(network, parameters);
    if (withUpdater) {
      restoreUpdater(network);
    }
    return network;
  }

  private StoredArray parameters(ModelZipEntry entry, long count) throws IOException {
    return StoredArray.read(zip, entry, count, "parameters of this network");
  }

  private void restoreUpdater(ComputationGraph network) throws IOException {
    INDArray fresh = network.getUpdater().getStateViewArray();
    long length = fresh == null ? 0 : fresh.length();
    ModelZipEntry entry = zip.find(ModelSerializer.UPDATER_BIN);
    if (entry == null) {
      if (length > 0) {
        throw zip.refused(
            "expected updaterState.bin with the "
                + length
                + " values of its updaters' state, to continue training, but there is none; use the"
                + " network without its updater");
      }
      return;
    }
    StoredArray state =
        StoredArray.read(zip, entry, length, "values that its updaters keep as their state");
    if (state.notFinite() >= 0) {
      throw zip.refused(
          entry.name()
              + ": expected finite numbers but value "
              + state.notFinite()
              + " is NaN or infinite; continue from an earlier checkpoint");
    }
    if (state.array() != null) {
      network.getUpdater().setStateViewArray(state.array());
    }
  }

  /** An array of a layer or vertex, part of the network's parameters. */
  private record Parameter(String vertex, String name, INDArray values) {}

  private static List<Parameter> parameters(ComputationGraph network) {
    List<Parameter> all = new ArrayList<>();
    for (GraphVertex vertex : network.getVertices()) {
      Trainable owner = vertex.hasLayer() ? vertex.getLayer() : vertex;
      Map<String, INDArray> table = owner.paramTable(false);
      if (table != null) {
        table.forEach(
            (name, values) -> all.add(new Parameter(vertex.getVertexName(), name, values)));
      }
    }
    return all;
  }

  /**
   * Requires that every array has the values of its shape, and that their total is {@code count}.
   */
  private void requireConsistent(ComputationGraph network, long count) throws IOException {
    long sum = 0;
    for (Parameter parameter : parameters(network)) {
      long product = 1;
      for (long side : parameter.values().shape()) {
        product = Math.multiplyExact(product, side);
      }
      if (product != parameter.values().length()) {
        throw zip.refused(
            Shown.of(parameter.vertex() + "_" + parameter.name())
                + ": expected "
                + product
                + " parameters but it has "
                + parameter.values().length());
      }
      sum = Math.addExact(sum, product);
    }
    if (sum != count) {
      throw zip.refused("expected " + count + " parameters but its layers have " + sum);
    }
  }

  private void requireFinite(ComputationGraph network, StoredArray parameters) throws IOException {
    long at = parameters.notFinite();
    if (at < 0) {
      return;
    }
    for (Parameter parameter : parameters(network)) {
      long inside = at - parameter.values().offset();
      if (inside >= 0 && inside < parameter.values().length()) {
        throw zip.refused(
            "coefficients.bin: expected finite numbers but value "
                + inside
                + " of "
                + Shown.of(parameter.vertex() + "_" + parameter.name())
                + " is NaN or infinite; take an earlier checkpoint");
      }
    }
    throw zip.refused(
        "coefficients.bin: expected finite numbers but value " + at + " is NaN or infinite");
  }
}
