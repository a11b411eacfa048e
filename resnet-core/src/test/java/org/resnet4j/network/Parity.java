package org.resnet4j.network;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.arch.Shape;
import org.resnet4j.graph.StochasticDepth;

/**
 * A comparison of a network that has formula weights with what PyTorch computed with them. Each
 * check returns the largest relative error or throws an {@link AssertionError}.
 */
final class Parity {
  private static final String OUTPUT = "head.fc";

  /** The number of seeds that are tried; one in 64 draws what a golden has. */
  private static final int MOST_SEEDS = 10_000;

  private final Golden golden;
  private final ComputationGraph network;
  private final TorchNames names;
  private final Comparison comparison;

  /** Sets all parameters of {@code network}, which needs an updater SGD with the golden's rate. */
  Parity(Golden golden, ComputationGraph network, TorchNames names, double tolerance) {
    this.golden = golden;
    this.network = network;
    this.names = names;
    this.comparison = new Comparison(golden, tolerance);
    Formula.fill(network, names);
  }

  /** Compares the logits, and mean and std of the stages that the golden contains. */
  double inference() {
    Map<String, INDArray> activations = activations(false);
    comparison.whole("logits", values(requireNonNull(activations.get(OUTPUT))));
    for (int stage = 0; golden.tensors().containsKey("stage" + stage); stage++) {
      double[] output = values(requireNonNull(activations.get(lastVertex(stage))));
      double mean = Arrays.stream(output).average().orElseThrow();
      double variance =
          Arrays.stream(output).map(x -> (x - mean) * (x - mean)).average().orElseThrow();
      comparison.whole("stage" + stage, mean, Math.sqrt(variance));
    }
    return comparison.worst();
  }

  /**
   * Compares training-mode logits, loss, all gradients, running statistics, and logits after the
   * step.
   */
  double training() {
    logits("train.logits", true);
    Map<String, double[]> gradients = step();
    comparison.whole("train.loss", network.score());
    double largest =
        gradients.keySet().stream()
            .mapToDouble(name -> golden.tensor("grad." + name)[0])
            .max()
            .orElseThrow();
    gradients.forEach(
        (name, gradient) -> comparison.projected("grad." + name, name, gradient, largest));
    network
        .paramTable()
        .forEach(
            (parameter, value) -> {
              if (isStatistic(parameter)) {
                String name = names.tensor(parameter);
                comparison.projected("after." + name, name, values(value), 0);
              }
            });
    logits("after.logits", false);
    comparison.requireAll("grad.");
    comparison.requireAll("after.");
    return comparison.worst();
  }

  private void logits(String tensor, boolean training) {
    double[] values = values(requireNonNull(activations(training).get(OUTPUT)));
    if (golden.tensor(tensor).length == values.length) {
      comparison.whole(tensor, values);
    } else {
      comparison.projected(tensor, tensor, values, 0);
    }
  }

  /**
   * Sets ND4J's seed to one with which stochastic depth keeps the images that the golden marks with
   * 1, layer by layer.
   */
  private void drawAsTheGolden() {
    String kept = golden.field("kept", "");
    if (kept.isEmpty()) {
      return;
    }
    List<StochasticDepth> depths = new ArrayList<>();
    for (int index : network.topologicalSortOrder()) {
      Layer layer = network.getVertices()[index].getLayer();
      if (layer != null && layer.conf().getLayer().getIDropout() instanceof StochasticDepth depth) {
        depths.add(depth);
      }
    }
    for (int seed = 0; seed < MOST_SEEDS; seed++) {
      Nd4j.getRandom().setSeed(seed);
      StringBuilder drawn = new StringBuilder();
      for (StochasticDepth depth : depths) {
        drawn.append(drawn.isEmpty() ? "" : ",");
        for (double factor : depth.factors(golden.number("batch"), Nd4j.getRandom().nextLong())) {
          drawn.append(factor > 0 ? 1 : 0);
        }
      }
      if (drawn.toString().equals(kept)) {
        Nd4j.getRandom().setSeed(seed);
        return;
      }
    }
    throw new AssertionError(golden.name() + ": expected a seed that keeps " + kept);
  }

  /** Fits one batch and returns the gradients of the mean loss by torch name. */
  private Map<String, double[]> step() {
    Map<String, double[]> gradients = new TreeMap<>();
    int batch = golden.number("batch");
    network.setListeners(
        new BaseTrainingListener() {
          @Override
          public void onGradientCalculation(Model model) {
            // Deeplearning4j divides by the batch size later, in the updater.
            model
                .gradient()
                .gradientForVariable()
                .forEach(
                    (parameter, gradient) -> {
                      if (!isStatistic(parameter)) {
                        gradients.put(
                            names.tensor(parameter),
                            values(Formula.torchOrder(parameter, gradient).div(batch)));
                      }
                    });
          }
        });
    DataType type = network.params().dataType();
    drawAsTheGolden();
    network.fit(
        new DataSet(images(), Formula.labels(batch, golden.number("classes")).castTo(type)));
    return gradients;
  }

  /** Returns the outputs of all vertices; that of the classifier before softmax. */
  private Map<String, INDArray> activations(boolean training) {
    BaseLayer classifier = (BaseLayer) network.getOutputLayer(0).conf().getLayer();
    IActivation softmax = classifier.getActivationFn();
    classifier.setActivationFn(new ActivationIdentity());
    drawAsTheGolden();
    try {
      return network.feedForward(images(), training);
    } finally {
      classifier.setActivationFn(softmax);
    }
  }

  private INDArray images() {
    Shape input = Shape.parse(golden.field("input"));
    int batch = golden.number("batch");
    INDArray images =
        input.isVector()
            ? Formula.images(batch, input.channels())
            : Formula.images(batch, input.channels(), input.height(), input.width());
    return images.castTo(network.params().dataType());
  }

  private String lastVertex(int stage) {
    int block = 0;
    while (network.getVertex("stage%s.block%s.relu".formatted(stage, block + 1)) != null) {
      block++;
    }
    return "stage%s.block%s.relu".formatted(stage, block);
  }

  static boolean isStatistic(String parameter) {
    return parameter.endsWith("_mean") || parameter.endsWith("_var");
  }

  /** Returns the values in C order. */
  static double[] values(INDArray array) {
    return array.castTo(DataType.DOUBLE).dup('c').data().asDouble();
  }
}
