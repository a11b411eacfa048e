package org.resnet4j.onednn;

import java.util.Map;
import java.util.SplittableRandom;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Small networks with non-trivial weights and statistics, and data for them. */
final class Samples {
  static final int CLASSES = 5;

  private Samples() {}

  /** Returns a configuration with identity activations and SGD with rate 0.05. */
  static NeuralNetConfiguration.Builder base() {
    return new NeuralNetConfiguration.Builder()
        .seed(7)
        .updater(new Sgd(0.05))
        .activation(Activation.IDENTITY);
  }

  static GraphBuilder graph() {
    return base().graphBuilder();
  }

  /** Returns a head with softmax over {@link #CLASSES}. */
  static OutputLayer head() {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nOut(CLASSES)
        .activation(Activation.SOFTMAX)
        .build();
  }

  /** Returns a chain of the layers, named layer0, layer1, …, and {@link #head()}. */
  static ComputationGraphConfiguration chain(InputType input, Layer... layers) {
    return chain(graph(), input, layers);
  }

  static ComputationGraphConfiguration chain(GraphBuilder graph, InputType input, Layer... layers) {
    graph.addInputs("in").setInputTypes(input);
    String last = "in";
    for (int i = 0; i < layers.length; i++) {
      graph.addLayer("layer" + i, layers[i], last);
      last = "layer" + i;
    }
    return graph.addLayer("head", head(), last).setOutputs("head").build();
  }

  /** Returns a network whose parameters follow from {@code seed}. */
  static ComputationGraph network(ComputationGraphConfiguration configuration, long seed) {
    ComputationGraph network = new ComputationGraph(configuration);
    network.init();
    scatter(network, seed);
    return network;
  }

  /**
   * Sets every parameter so that weights keep the scale of signals and batch norms are not the
   * identity.
   */
  static void scatter(ComputationGraph network, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (Map.Entry<String, INDArray> parameter : network.paramTable().entrySet()) {
      INDArray values = parameter.getValue();
      String key = parameter.getKey().substring(parameter.getKey().lastIndexOf('_') + 1);
      values.assign(
          switch (key) {
            case "gamma", "var" -> uniform(random, 0.5, 1.5, values.shape());
            case "log10stdev" -> uniform(random, -0.15, 0.1, values.shape());
            case "beta", "mean", "b" -> uniform(random, -0.2, 0.2, values.shape());
            case "W", "pW" -> {
              long inputs = values.rank() == 2 ? values.size(0) : values.length() / values.size(0);
              double bound = Math.sqrt(3.0 / inputs);
              yield uniform(random, -bound, bound, values.shape());
            }
            default -> throw new AssertionError(parameter.getKey());
          });
    }
  }

  static INDArray uniform(SplittableRandom random, double low, double high, long... shape) {
    int count = 1;
    for (long size : shape) {
      count *= (int) size;
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (low + (high - low) * random.nextDouble());
    }
    return Nd4j.createFromArray(values).reshape('c', shape);
  }

  /** Returns images uniform in [-1, 1). */
  static INDArray images(long seed, long... shape) {
    return uniform(new SplittableRandom(seed), -1, 1, shape);
  }

  /** Returns one-hot labels. */
  static INDArray labels(long seed, int count, int classes) {
    SplittableRandom random = new SplittableRandom(seed);
    float[][] rows = new float[count][classes];
    for (float[] row : rows) {
      row[random.nextInt(classes)] = 1;
    }
    return Nd4j.createFromArray(rows);
  }

  static DataSet batch(long seed, int classes, long... shape) {
    return new DataSet(images(seed, shape), labels(seed + 1, (int) shape[0], classes));
  }
}
