package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Dropout keeps the stated fraction of the values, scaled; equal seeds drop the same values. */
class DropoutTest {
  private static final int FEATURES = 64;
  private static final double KEEP = 0.8;

  /**
   * Returns a network in which the gradient of a bias before dropout shows which examples' features
   * were kept.
   */
  private static ComputationGraph network(double keep) {
    ComputationGraphConfiguration configuration =
        Samples.graph()
            .addInputs("in")
            .setInputTypes(InputType.feedForward(FEATURES))
            .addLayer("a", new DenseLayer.Builder().nOut(FEATURES).build(), "in")
            .addLayer("drop", new DropoutLayer(keep), "a")
            .addLayer(
                "loss",
                new LossLayer.Builder(LossFunction.L1).activation(Activation.IDENTITY).build(),
                "drop")
            .setOutputs("loss")
            .build();
    return Samples.network(configuration, 1);
  }

  /**
   * Makes all values 1 before dropout and the labels 0: kept values are 1/keep, and so is the loss.
   */
  private static void makeOnes(ComputationGraph network) {
    network.getParam("a_W").assign(0);
    network.getParam("a_b").assign(1);
  }

  private static ComputationGraph stepped(double keep, int seed) {
    ComputationGraph fast = OneDnn.accelerate(network(keep));
    makeOnes(fast);
    Nd4j.getRandom().setSeed(seed);
    fast.setInputs(Nd4j.ones(500, FEATURES));
    fast.setLabels(Nd4j.zeros(500, FEATURES));
    fast.computeGradientAndScore();
    return fast;
  }

  @Test
  void statedFractionOfValuesIsKeptAndScaled() {
    ComputationGraph fast = stepped(KEEP, 1);
    // 32,000 draws: five stds of the mean are 5·√(0.8·0.2/32,000)/0.8 = 0.014.
    assertThat(fast.score() / FEATURES).isCloseTo(1, within(0.014));
    INDArray bias = fast.gradient().getGradientFor("a_b");
    double kept = 500 / KEEP;
    // Every gradient is the number of kept values times 1/keep: five stds are
    // 5·√(500·0.16)/0.8.
    assertThat(bias.minNumber().doubleValue()).isBetween(500 - 56.0, 500 + 56.0);
    assertThat(bias.maxNumber().doubleValue()).isBetween(500 - 56.0, 500 + 56.0);
    assertThat(kept).isEqualTo(625);
    // The backward pass keeps the same values as the forward pass.
    assertThat(bias.sumNumber().doubleValue() / 500).isCloseTo(fast.score(), within(1e-3));
  }

  /** The expectation is as above; the output layer sums its features. */
  @Test
  void outputLayerDropsFeatures() {
    ComputationGraph fast =
        OneDnn.accelerate(
            Samples.network(
                Samples.graph()
                    .addInputs("in")
                    .setInputTypes(InputType.feedForward(FEATURES))
                    .addLayer(
                        "head",
                        new OutputLayer.Builder(LossFunction.L1)
                            .nOut(1)
                            .dropOut(KEEP)
                            .activation(Activation.IDENTITY)
                            .build(),
                        "in")
                    .setOutputs("head")
                    .build(),
                1));
    fast.getParam("head_W").assign(1);
    fast.getParam("head_b").assign(0);
    Nd4j.getRandom().setSeed(1);
    fast.setInputs(Nd4j.ones(500, FEATURES));
    fast.setLabels(Nd4j.zeros(500, 1));
    fast.computeGradientAndScore();
    assertThat(fast.score() / FEATURES).isCloseTo(1, within(0.014));
    // Every output is positive, so the gradient of a weight is the sum of its feature.
    double sum = fast.gradient().getGradientFor("head_W").sumNumber().doubleValue();
    assertThat(sum / 500).isCloseTo(fast.score(), within(1e-3));
  }

  /** A dropout of the whole network is set on these layers, too. */
  @Test
  void layersWhoseDropoutDeeplearning4jIgnoresDropNothing() {
    Layer[] layers = {
      new ConvolutionLayer.Builder(3, 3).nOut(6).build(),
      new BatchNormalization.Builder().build(),
      new ActivationLayer(Activation.TANH),
      new LocalResponseNormalization.Builder().build(),
      new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.AVG, new int[] {2, 2}).build(),
      new ZeroPaddingLayer(1, 1),
      new Cropping2D(1, 0),
      new GlobalPoolingLayer.Builder(PoolingType.MAX).build()
    };
    for (Layer layer : List.of(layers).subList(1, layers.length)) {
      layer.setIDropout(new Dropout(0.5));
    }
    ComputationGraph network =
        Samples.network(Samples.chain(InputType.convolutional(9, 8, 3), layers), 1);
    Oracle.training(
        network,
        Oracle.TOLERANCE,
        new DataSet(Samples.images(3, 4, 3, 9, 8), Samples.labels(4, 4, Samples.CLASSES)));
  }

  @Test
  void equalSeedsDropTheSameValues() {
    INDArray first = stepped(KEEP, 1).gradient().getGradientFor("a_b").dup();
    assertThat(stepped(KEEP, 1).gradient().getGradientFor("a_b")).isEqualTo(first);
    assertThat(stepped(KEEP, 2).gradient().getGradientFor("a_b")).isNotEqualTo(first);
  }

  @Test
  void everyStepDropsOtherValues() {
    ComputationGraph fast = stepped(KEEP, 1);
    INDArray first = fast.gradient().getGradientFor("a_b").dup();
    fast.setInputs(Nd4j.ones(500, FEATURES));
    fast.setLabels(Nd4j.zeros(500, FEATURES));
    fast.computeGradientAndScore();
    assertThat(fast.gradient().getGradientFor("a_b")).isNotEqualTo(first);
  }

  @Test
  void inferenceDropsNothing() {
    ComputationGraphConfiguration configuration =
        Samples.chain(
            InputType.convolutional(6, 5, 3),
            new DropoutLayer(0.5),
            new ConvolutionLayer.Builder(3, 3).nOut(4).dropOut(0.5).build(),
            new DenseLayer.Builder().nOut(8).dropOut(0.3).build());
    ComputationGraph network = Samples.network(configuration, 2);
    INDArray images = Samples.images(3, 4, 3, 6, 5);
    Oracle.inference(network, Oracle.TOLERANCE, images);
    INDArray expected = Oracle.exact(network).output(Oracle.doubles(images))[0];
    ComputationGraph fast = OneDnn.accelerate(network);
    Oracle.close("output", expected, fast.outputSingle(images), Oracle.TOLERANCE);
  }

  @Test
  void trainingWithDropoutIsBitForBitReproducibleForEqualSeeds() {
    assertThat(trained(5)).isEqualTo(trained(5));
    assertThat(trained(5)).isNotEqualTo(trained(6));
  }

  private static INDArray trained(int seed) {
    ComputationGraphConfiguration configuration =
        Samples.chain(
            InputType.convolutional(6, 5, 3),
            new ConvolutionLayer.Builder(3, 3).nOut(4).build(),
            new ConvolutionLayer.Builder(3, 3).nOut(4).dropOut(0.9).build(),
            new DropoutLayer(0.5));
    ComputationGraph fast = OneDnn.accelerate(Samples.network(configuration, 2));
    Nd4j.getRandom().setSeed(seed);
    for (int step = 0; step < 5; step++) {
      fast.fit(new DataSet(Samples.images(step, 4, 3, 6, 5), Samples.labels(step, 4, 5)));
    }
    return fast.params().dup();
  }
}
