package org.resnet4j.onednn;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The results of stock Deeplearning4j in double precision with the same parameters, so that errors
 * are the engine's alone. Every check throws an {@link AssertionError} that names what is off, and
 * returns the largest error.
 */
final class Oracle {
  /**
   * The largest accepted error of single precision.
   *
   * @param relative to the largest value of an array, or the norm of a gradient
   * @param floor gradients below this part of the network's largest are measured by that part of it
   */
  record Tolerance(double relative, double floor) {}

  /** The tolerance for networks of a few layers. */
  static final Tolerance TOLERANCE = new Tolerance(1e-4, 0);

  /** The limit below which an array counts as zero with rounding errors. */
  private static final double NOTHING = 1e-9;

  private Oracle() {}

  /**
   * Returns a stock network for inference, without workspaces: with them, an activation layer
   * overwrites values that others read.
   */
  static ComputationGraph exact(ComputationGraph network) {
    return exact(network, WorkspaceMode.ENABLED);
  }

  /**
   * Returns a stock network for training, in workspaces: a batch norm with locked gamma and beta
   * leaves invalid arrays.
   */
  static ComputationGraph exactTrainer(ComputationGraph network) {
    return exact(network, WorkspaceMode.NONE);
  }

  /**
   * Returns a stock network in double precision with the parameters and the updater of {@code
   * network}.
   */
  private static ComputationGraph exact(ComputationGraph network, WorkspaceMode workspaces) {
    ComputationGraphConfiguration configuration = MergeAxes.copy(network.getConfiguration());
    configuration.setDataType(DataType.DOUBLE);
    configuration.setInferenceWorkspaceMode(workspaces);
    configuration.setTrainingWorkspaceMode(workspaces);
    ComputationGraph exact = new ComputationGraph(configuration);
    exact.init(network.params().castTo(DataType.DOUBLE), false);
    return exact;
  }

  /** Compares all outputs; the error of each is relative to its largest value. */
  static double inference(ComputationGraph network, Tolerance tolerance, INDArray... inputs) {
    INDArray[] expected =
        withDefault(DataType.DOUBLE, () -> exact(network).output(doubles(inputs)));
    double worst = 0;
    CompileOptions options = CompileOptions.inference().precision(Precision.FP32);
    try (CompiledNetwork compiled = OneDnn.compile(network, options)) {
      INDArray[] actual = compiled.outputs(inputs);
      for (int i = 0; i < expected.length; i++) {
        String output = network.getConfiguration().getNetworkOutputs().get(i);
        worst = Math.max(worst, close(output, expected[i], actual[i], tolerance));
      }
    }
    return worst;
  }

  /** Compares {@code actual} with {@code expected}, relative to the largest expected value. */
  static double close(String what, INDArray expected, INDArray actual, Tolerance tolerance) {
    if (!expected.equalShapes(actual)) {
      throw new AssertionError(
          what + ": expected " + expected.shapeInfoToString() + " but was " + actual);
    }
    INDArray difference =
        actual.castTo(DataType.DOUBLE).sub(expected.castTo(DataType.DOUBLE)).reshape(-1);
    double scale = expected.amaxNumber().doubleValue();
    return within(what, difference.amaxNumber().doubleValue(), scale, tolerance);
  }

  /** Compares the loss, and the gradient of every parameter and statistic relative to its norm. */
  static double training(ComputationGraph network, Tolerance tolerance, DataSet batch) {
    INDArray mask = batch.getLabelsMaskArray();
    return training(
        network,
        tolerance,
        new MultiDataSet(
            new INDArray[] {batch.getFeatures()},
            new INDArray[] {batch.getLabels()},
            null,
            mask == null ? null : new INDArray[] {mask}));
  }

  static double training(ComputationGraph network, Tolerance tolerance, MultiDataSet batch) {
    return training(network, OneDnn.accelerate(network), tolerance, batch);
  }

  static double training(
      ComputationGraph network, ComputationGraph fast, Tolerance tolerance, MultiDataSet batch) {
    ComputationGraph exact = exactTrainer(network);
    Map<String, INDArray> expected = gradients(exact, true, batch);
    Map<String, INDArray> actual = gradients(fast, false, batch);
    double worst = within("loss", fast.score() - exact.score(), exact.score(), tolerance);
    // Stock Deeplearning4j computes gradients of locked gamma and beta too.
    expected.keySet().retainAll(exact.paramTable().keySet());
    double largest =
        expected.values().stream()
            .mapToDouble(array -> array.norm2Number().doubleValue())
            .max()
            .orElseThrow();
    for (Map.Entry<String, INDArray> gradient : expected.entrySet()) {
      INDArray other = actual.get(gradient.getKey());
      if (other == null) {
        throw new AssertionError(gradient.getKey() + ": the engine has no gradient of it");
      }
      INDArray difference =
          other.castTo(DataType.DOUBLE).reshape(-1).sub(gradient.getValue().reshape(-1));
      double norm = gradient.getValue().norm2Number().doubleValue();
      double scale =
          Math.max(
              Math.max(norm, tolerance.floor * largest),
              scaleOfZero(exact, gradient.getKey(), expected));
      worst =
          Math.max(
              worst,
              within(
                  "gradient of " + gradient.getKey(),
                  difference.norm2Number().doubleValue(),
                  scale,
                  tolerance));
    }
    return worst;
  }

  /**
   * Returns the gradient that measures rounding errors of a bias or shift which a batch norm
   * cancels: that of the weights or scales beside it.
   */
  private static double scaleOfZero(
      ComputationGraph network, String parameter, Map<String, INDArray> gradients) {
    String vertex = parameter.substring(0, parameter.lastIndexOf('_'));
    String beside =
        parameter.endsWith("_b") ? "_W" : parameter.endsWith("_beta") ? "_gamma" : "_nothing";
    INDArray weights = gradients.get(vertex + beside);
    return weights != null && isNormalised(network, vertex)
        ? weights.norm2Number().doubleValue()
        : 0;
  }

  /**
   * Returns whether a batch norm follows {@code vertex}, directly or after linear layers or others.
   */
  private static boolean isNormalised(ComputationGraph network, String vertex) {
    ComputationGraphConfiguration configuration = network.getConfiguration();
    return configuration.getVertexInputs().entrySet().stream()
        .filter(reader -> reader.getValue().contains(vertex))
        .anyMatch(
            reader ->
                isNorm(configuration.getVertices().get(reader.getKey()))
                    || isNormalised(network, reader.getKey()));
  }

  private static boolean isNorm(@Nullable GraphVertex vertex) {
    return vertex instanceof LayerVertex layer
        && layer.getLayerConf().getLayer() instanceof BatchNormalization;
  }

  /** Returns gradients as Deeplearning4j leaves them: sums over the batch. */
  private static Map<String, INDArray> gradients(
      ComputationGraph network, boolean exact, MultiDataSet batch) {
    network.setInputs(exact ? doubles(batch.getFeatures()) : batch.getFeatures());
    network.setLabels(exact ? doubles(batch.getLabels()) : batch.getLabels());
    INDArray @Nullable [] masks = batch.getLabelsMaskArrays();
    if (masks != null) {
      network.setLayerMaskArrays(null, exact ? doubles(masks) : masks);
    }
    Gradient gradients =
        withDefault(
            exact ? DataType.DOUBLE : DataType.FLOAT,
            () -> {
              network.computeGradientAndScore();
              return network.gradient();
            });
    Map<String, INDArray> copies = new TreeMap<>();
    gradients
        .gradientForVariable()
        .forEach((name, gradient) -> copies.put(name, gradient.dup('c')));
    return copies;
  }

  /**
   * Returns what {@code work} computes while ND4J's default type is {@code type}, in which some
   * vertices create their results, whatever the type of the network.
   */
  private static <T> T withDefault(DataType type, Supplier<T> work) {
    DataType before = Nd4j.defaultFloatingPointType();
    Nd4j.setDefaultDataTypes(type, type);
    try {
      return work.get();
    } finally {
      Nd4j.setDefaultDataTypes(before, before);
    }
  }

  private static double within(String what, double difference, double scale, Tolerance tolerance) {
    double error = Math.abs(difference) / Math.max(Math.abs(scale), NOTHING);
    // Written so that NaN fails.
    if (!(error <= tolerance.relative)) {
      throw new AssertionError(
          String.format(
              Locale.ROOT,
              "%s: relative error %.1e beyond %.0e (difference %.3e, scale %.3e)",
              what,
              error,
              tolerance.relative,
              difference,
              scale));
    }
    return error;
  }

  static INDArray[] doubles(INDArray... arrays) {
    INDArray[] doubles = new INDArray[arrays.length];
    for (int i = 0; i < arrays.length; i++) {
      doubles[i] = arrays[i].castTo(DataType.DOUBLE);
    }
    return doubles;
  }
}
