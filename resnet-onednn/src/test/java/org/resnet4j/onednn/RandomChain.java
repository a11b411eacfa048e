package org.resnet4j.onednn;

import java.util.SplittableRandom;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * A chain of layers under construction, its description and data for it. The head reads every
 * value, so that none is off unseen.
 */
abstract class RandomChain {
  private static final int LABELS = 3;

  final SplittableRandom random;
  final int batch;
  final int channels;
  final int height;
  final int width;
  final StringBuilder text = new StringBuilder();
  final GraphBuilder graph = Samples.graph();
  String last = "in";
  private boolean isNormed;

  RandomChain(SplittableRandom random, int batch, int channels, int height, int width) {
    this.random = random;
    this.batch = batch;
    this.channels = channels;
    this.height = height;
    this.width = width;
  }

  /** Returns a network with parameters and data that follow from {@code seed}. */
  ComputationGraph network(long seed) {
    return Samples.network(graph.build(), seed);
  }

  DataSet data(long seed) {
    INDArray labels = Samples.uniform(new SplittableRandom(seed + 1), -1, 1, batch, LABELS);
    return new DataSet(Samples.images(seed, batch, channels, height, width), labels);
  }

  /**
   * Returns the tolerance for sums of at most 3,200 products; a norm of a few values amplifies
   * their errors.
   */
  Oracle.Tolerance tolerance() {
    return new Oracle.Tolerance(isNormed ? 1e-2 : 1e-4, 1e-2);
  }

  @Override
  public String toString() {
    return "[" + batch + "," + channels + "," + height + "," + width + "]" + text;
  }

  final void head() {
    OutputLayer head =
        new OutputLayer.Builder(LossFunction.MSE)
            .nOut(LABELS)
            .activation(Activation.IDENTITY)
            .build();
    graph.addLayer("head", head, last).setOutputs("head");
  }

  final void add(String name, Layer layer) {
    graph.addLayer(name, layer, last);
    last = name;
    text.append(' ').append(name);
  }

  final void norm() {
    add("norm", new BatchNormalization());
    isNormed = true;
  }

  static ConvolutionLayer.Builder conv(int kernel) {
    return new ConvolutionLayer.Builder(kernel, kernel);
  }

  final Activation activation() {
    return switch (random.nextInt(5)) {
      case 0 -> Activation.RELU;
      case 1 -> Activation.TANH;
      case 2 -> Activation.RELU6;
      default -> Activation.IDENTITY;
    };
  }
}
