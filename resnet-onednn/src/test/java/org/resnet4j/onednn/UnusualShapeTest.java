package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** Unusual shapes that fit are computed as by stock Deeplearning4j. */
class UnusualShapeTest {
  /** Stock Deeplearning4j broadcasts, forward and backward. */
  @Test
  void broadcastFallsBackToStockDeeplearning4jOnRequest() {
    ComputationGraph network = ShapeMismatchTest.sum(16, 16, 1, true);
    INDArray images = ShapeMismatchTest.images(2, 16, 8, 8);
    INDArray expected = network.output(images)[0];
    try (CompiledNetwork compiled =
        OneDnn.compile(network, ShapeMismatchTest.INFERENCE.orFallBack())) {
      assertThat(compiled.output(images)).isEqualTo(expected);
    }
  }

  /** The merge axis is kept by the compiled copy, and by stock in a fall-back. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void mergeAlongAnyAxisEqualsStockDeeplearning4j(int axis) {
    ComputationGraph network = ShapeMismatchTest.merge(axis, 1, axis == 1 ? 32 : 16);
    INDArray images = ShapeMismatchTest.images(2, 16, 8, 6);
    Oracle.inference(network, Oracle.TOLERANCE, images);
    Oracle.training(
        network, Oracle.TOLERANCE, new DataSet(images, Samples.labels(1, 2, Samples.CLASSES)));
  }

  /** The two calls have the same sizes in sequence, divided differently between the inputs. */
  @Test
  void programsForDifferentShapesOfSeveralInputsAreNotConfused() {
    ComputationGraphConfiguration configuration =
        Samples.graph()
            .addInputs("x", "y")
            .addLayer(
                "a",
                ShapeMismatchTest.conv(3, 4, 1, 1).build(),
                new FeedForwardToCnnPreProcessor(1, 1, 3),
                "x")
            .addLayer(
                "b",
                ShapeMismatchTest.conv(2, 4, 1, 1).build(),
                new FeedForwardToCnnPreProcessor(1, 1, 2),
                "y")
            .addLayer("c", tanh(), "a")
            .addLayer("d", tanh(), "b")
            .setOutputs("c", "d")
            .build();
    ComputationGraph network = Samples.network(configuration, 1);
    INDArray[][] calls = {
      {ShapeMismatchTest.images(1, 3), ShapeMismatchTest.images(4, 2, 2, 2)},
      {ShapeMismatchTest.images(1, 3, 4, 2), ShapeMismatchTest.images(2, 2)},
    };
    try (CompiledNetwork compiled = OneDnn.compile(network, ShapeMismatchTest.INFERENCE)) {
      for (INDArray[] inputs : calls) {
        INDArray[] expected = Oracle.exact(network).output(Oracle.doubles(inputs));
        INDArray[] actual = compiled.outputs(inputs);
        for (int i = 0; i < 2; i++) {
          Oracle.close("output " + i, expected[i], actual[i], Oracle.TOLERANCE);
        }
      }
    }
  }

  private static Layer tanh() {
    return new ActivationLayer(Activation.TANH);
  }
}
