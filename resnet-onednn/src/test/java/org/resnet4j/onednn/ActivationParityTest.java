package org.resnet4j.onednn;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationHardSigmoid;
import org.nd4j.linalg.activations.impl.ActivationHardTanH;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSoftPlus;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.graph.ActivationExactGelu;
import org.resnet4j.graph.ActivationHardSwish;

/**
 * Activations other than those of {@link LayerParityTest} have the outputs and gradients of stock
 * Deeplearning4j in double precision, within the same tolerance.
 */
class ActivationParityTest {
  private static final InputType IMAGE = InputType.convolutional(9, 7, 4);
  private static final InputType BLOCKS = InputType.convolutional(6, 5, 16);

  static Stream<IActivation> both() {
    return Stream.of(
        new ActivationLReLU(),
        new ActivationLReLU(0.3),
        new ActivationLReLU(-0.2),
        new ActivationELU(),
        new ActivationSwish(),
        new ActivationGELU(),
        new ActivationExactGelu(),
        new ActivationHardSwish(),
        new ActivationHardSigmoid(),
        new ActivationHardTanH(),
        new ActivationSoftPlus(),
        new ActivationReLU(0.5, null, null),
        new ActivationReLU(null, 0.0, 0.0),
        new ActivationReLU(null, null, 0.1));
  }

  static Stream<LayerParityTest.Case> trained() {
    return both().flatMap(ActivationParityTest::cases);
  }

  /** Deeplearning4j's gradients of these are refused. */
  static Stream<LayerParityTest.Case> inferred() {
    return Stream.of(new ActivationELU(0.4), new ActivationReLU(0.5, 0.0, 0.0))
        .flatMap(ActivationParityTest::cases);
  }

  private static Stream<LayerParityTest.Case> cases(IActivation function) {
    String name =
        function instanceof ActivationReLU relu
            ? "relu("
                + relu.getMax()
                + ","
                + relu.getThreshold()
                + ","
                + relu.getNegativeSlope()
                + ")"
            : function.toString();
    return Stream.of(
        new LayerParityTest.Case(
            name + " in convolutions", IMAGE, conv(5, function), conv(4, function)),
        new LayerParityTest.Case(
            name + " in blocks", BLOCKS, conv(16, function), conv(32, function)),
        new LayerParityTest.Case(
            name + " after a norm",
            IMAGE,
            conv(5, new ActivationReLU()),
            new BatchNormalization.Builder().eps(1e-3).build(),
            new ActivationLayer(function),
            conv(4, function)),
        new LayerParityTest.Case(
            name + " in dense layers",
            InputType.feedForward(6),
            new DenseLayer.Builder().nOut(7).activation(function).build(),
            new DenseLayer.Builder().nOut(6).activation(function).build()));
  }

  private static ConvolutionLayer conv(int outputs, IActivation function) {
    return new ConvolutionLayer.Builder(3, 3).nOut(outputs).activation(function).build();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"trained", "inferred"})
  void outputEqualsStockDeeplearning4j(LayerParityTest.Case sample) {
    LayerParityTest.requireEqualOutputs(sample);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"trained", "softmax"})
  void lossAndGradientsEqualStockDeeplearning4j(LayerParityTest.Case sample) {
    LayerParityTest.requireEqualGradients(sample);
  }

  static Stream<LayerParityTest.Case> softmax() {
    return Stream.of(
        new LayerParityTest.Case(
            "softmax within a network",
            InputType.feedForward(6),
            new DenseLayer.Builder().nOut(7).activation(Activation.SOFTMAX).build(),
            new ActivationLayer(Activation.SOFTMAX)));
  }

  /** Black images and biases of zero make every number before the activation zero. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("both")
  void gradientAtZeroEqualsStockDeeplearning4j(IActivation function) {
    ComputationGraph network = zeros(function);
    Oracle.training(
        network,
        Oracle.TOLERANCE,
        new DataSet(Nd4j.zeros(3, 4, 9, 7), Samples.labels(3, 3, Samples.CLASSES)));
  }

  private static ComputationGraph zeros(IActivation function) {
    ComputationGraph network =
        Samples.network(Samples.chain(IMAGE, conv(5, function), conv(4, function)), 1);
    network.getParam("layer0_b").assign(0);
    return network;
  }

  /** A NaN of the engine's own would be computed by stock Deeplearning4j, at its speed. */
  @Test
  void largeNumbersStayOnTheEngine() {
    both()
        .forEach(
            function -> {
              ComputationGraph network = zeros(function);
              INDArray images = Samples.images(5, 3, 4, 9, 7).muli(200);
              String log =
                  FallBackTest.logged(
                      () -> {
                        OneDnn.accelerate(network)
                            .fit(new DataSet(images, Samples.labels(3, 3, Samples.CLASSES)));
                        try (CompiledNetwork compiled =
                            OneDnn.compile(network, CompileOptions.inference())) {
                          compiled.output(images);
                        }
                      });
              if (log.contains("stock Deeplearning4j computes")) {
                throw new AssertionError(function + ": " + log);
              }
            });
  }
}
