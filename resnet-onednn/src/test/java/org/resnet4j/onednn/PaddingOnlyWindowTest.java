package org.resnet4j.onednn;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.resnet4j.graph.GroupedConvolutionLayer;

/**
 * Convolutions with windows that read only padding compute correctly; oneDNN 3.11 crashes in them
 * with AVX2.
 */
class PaddingOnlyWindowTest {
  /** The images and layers of a case. */
  record Case(String what, int batch, int height, int width, int channels, Layer... layers) {
    ComputationGraph network() {
      ComputationGraphConfiguration chain =
          Samples.chain(InputType.convolutional(height, width, channels), layers);
      return Samples.network(chain, 1);
    }

    DataSet data() {
      return Samples.batch(2, Samples.CLASSES, batch, channels, height, width);
    }

    @Override
    public String toString() {
      return what;
    }
  }

  private static ConvolutionLayer.Builder conv(int out, int height, int width) {
    return new ConvolutionLayer.Builder(height, width).nOut(out);
  }

  static Stream<Case> convolutions() {
    Layer tanh = new ActivationLayer(Activation.TANH);
    return Stream.of(
        new Case(
            "a column in the middle of padding",
            4,
            9,
            1,
            32,
            conv(64, 4, 1).stride(2, 3).padding(2, 2).dilation(2, 2).build(),
            tanh),
        new Case(
            "grouped, on both sides of the image",
            2,
            4,
            1,
            64,
            new GroupedConvolutionLayer(conv(8, 1, 1).stride(1, 2).padding(2, 1), 2),
            tanh),
        new Case(
            "padding of a layer before",
            2,
            4,
            1,
            12,
            new ZeroPaddingLayer.Builder(0, 0, 3, 2).build(),
            new GroupedConvolutionLayer(
                conv(8, 1, 1).stride(2, 4).convolutionMode(ConvolutionMode.Same), 4),
            tanh),
        new Case(
            "whole rows, with an activation",
            3,
            5,
            6,
            16,
            conv(32, 2, 3).padding(4, 4).activation(Activation.RELU6).build()),
        new Case(
            "the image between two places of a window",
            2,
            3,
            3,
            16,
            conv(16, 2, 2).padding(4, 4).dilation(5, 5).build(),
            tanh));
  }

  @ParameterizedTest
  @MethodSource("convolutions")
  void convolutionEqualsStockDeeplearning4j(Case shape) {
    Oracle.inference(shape.network(), Oracle.TOLERANCE, shape.data().getFeatures());
    Oracle.training(shape.network(), Oracle.TOLERANCE, shape.data());
  }
}
