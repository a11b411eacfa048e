package org.resnet4j.onednn;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Every kind of layer has the outputs and gradients of stock Deeplearning4j in double precision.
 * Tolerance: 1e-4 of the largest value or of the norm, which single precision keeps with room to
 * spare in three layers.
 */
class LayerParityTest {
  private static final int BATCH = 3;
  static final InputType IMAGE = InputType.convolutional(9, 7, 4);
  static final InputType ODD = InputType.convolutional(7, 11, 3);
  static final InputType EVEN = InputType.convolutional(8, 6, 5);
  private static final InputType VECTOR = InputType.feedForward(6);

  private static final double EPSILON = 1e-3;

  /** A chain of layers before a dense head with softmax. */
  record Case(String name, InputType input, Layer... layers) {
    ComputationGraphConfiguration configuration() {
      return Samples.chain(input, layers);
    }

    INDArray data() {
      long[] shape = input.getShape();
      long[] all = new long[shape.length + 1];
      all[0] = BATCH;
      System.arraycopy(shape, 0, all, 1, shape.length);
      return Samples.images(name.hashCode(), all);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"convolutions", "norms", "activations", "dense"})
  void outputEqualsStockDeeplearning4j(Case sample) {
    requireEqualOutputs(sample);
  }

  /** Compares the output of the head, and that of the layers before the head mixes it. */
  static void requireEqualOutputs(Case sample) {
    ComputationGraphConfiguration configuration = sample.configuration();
    configuration.getNetworkOutputs().add("layer" + (sample.layers().length - 1));
    ComputationGraph network = Samples.network(configuration, 1);
    Oracle.inference(network, Oracle.TOLERANCE, sample.data());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"convolutions", "norms", "activations", "dense"})
  void lossAndGradientsEqualStockDeeplearning4j(Case sample) {
    requireEqualGradients(sample);
  }

  static void requireEqualGradients(Case sample) {
    ComputationGraph network = Samples.network(sample.configuration(), 1);
    Oracle.training(
        network,
        Oracle.TOLERANCE,
        new org.nd4j.linalg.dataset.DataSet(
            sample.data(), Samples.labels(3, BATCH, Samples.CLASSES)));
  }

  static Stream<Case> convolutions() {
    return Stream.of(
        conv("1x1", EVEN, b -> b.kernelSize(1, 1)),
        conv("1x1 stride 2", ODD, b -> b.kernelSize(1, 1).stride(2, 2)),
        conv("3x3 without bias", IMAGE, b -> b.hasBias(false)),
        conv("3x3 padding 1", IMAGE, b -> b.padding(1, 1)),
        conv("3x3 stride 2 padding 1", IMAGE, b -> b.stride(2, 2).padding(1, 1)),
        conv("3x3 stride 2 drops the last column", EVEN, b -> b.stride(2, 2)),
        conv("1x3", ODD, b -> b.kernelSize(1, 3).padding(0, 1)),
        conv("5x2 stride 2x1", IMAGE, b -> b.kernelSize(5, 2).stride(2, 1).padding(2, 0)),
        conv("7x7 stride 2 padding 3", ODD, b -> b.kernelSize(7, 7).stride(2, 2).padding(3, 3)),
        conv("2x2 even kernel", IMAGE, b -> b.kernelSize(2, 2)),
        conv("padding beyond the kernel", EVEN, b -> b.kernelSize(2, 2).padding(2, 3)),
        conv("dilation 2", IMAGE, b -> b.dilation(2, 2)),
        conv("dilation 2x3 padding 2", ODD, b -> b.dilation(2, 3).padding(2, 2)),
        conv("dilation 2 stride 2", IMAGE, b -> b.dilation(2, 2).stride(2, 2).padding(2, 2)),
        conv("Same", IMAGE, b -> b.convolutionMode(ConvolutionMode.Same)),
        conv("Same stride 2 odd", ODD, b -> same(b).stride(2, 2)),
        conv("Same stride 2 even", EVEN, b -> same(b).stride(2, 2)),
        conv("Same stride 2 mixed", IMAGE, b -> same(b).stride(2, 3)),
        conv("Same 1x1 stride 2", IMAGE, b -> same(b).kernelSize(1, 1).stride(2, 2)),
        conv("Same even kernel", ODD, b -> same(b).kernelSize(4, 2)),
        conv("Same dilation 2", IMAGE, b -> same(b).dilation(2, 2)),
        conv("Same dilation 2 stride 2", ODD, b -> same(b).dilation(2, 2).stride(2, 2)),
        conv("Strict", ODD, b -> b.convolutionMode(ConvolutionMode.Strict).padding(1, 1)),
        new Case("one channel in, one out", InputType.convolutional(5, 5, 1), convolution(1)),
        new Case("17 channels to 33", InputType.convolutional(5, 4, 17), convolution(33)),
        new Case("two in a row", IMAGE, convolution(8), convolution(6)));
  }

  interface Settings {
    ConvolutionLayer.Builder to(ConvolutionLayer.Builder builder);
  }

  static ConvolutionLayer.Builder same(ConvolutionLayer.Builder builder) {
    return builder.convolutionMode(ConvolutionMode.Same);
  }

  /** Adds a convolution before the layer, so that the gradient of its input is computed. */
  static Case conv(String name, InputType input, Settings settings) {
    return new Case(
        name,
        input,
        new ConvolutionLayer.Builder(1, 1).nOut(4).build(),
        settings.to(new ConvolutionLayer.Builder(3, 3).nOut(6)).build());
  }

  static ConvolutionLayer convolution(int outputs) {
    return new ConvolutionLayer.Builder(3, 3).nOut(outputs).build();
  }

  static BatchNormalization.Builder norm() {
    // An epsilon large enough to change the results if it were ignored.
    return new BatchNormalization.Builder().eps(EPSILON);
  }

  static Stream<Case> norms() {
    BatchNormalization variance = norm().useLogStd(false).build();
    BatchNormalization std = norm().useLogStd(true).build();
    ActivationLayer relu = new ActivationLayer(Activation.RELU);
    return Stream.of(
        new Case("norm after a convolution", IMAGE, convolution(6), variance),
        new Case("norm with log10 of the std", IMAGE, convolution(6), std),
        new Case("norm after a convolution without bias", IMAGE, bare(), variance),
        new Case("norm of the input", IMAGE, variance, convolution(6)),
        new Case("norm with log10 of the std, of the input", IMAGE, std),
        new Case("norm and ReLU", IMAGE, convolution(6), variance, relu),
        new Case("norm and ReLU of the input", IMAGE, variance, relu, convolution(6)),
        new Case("norm, ReLU, pool", IMAGE, convolution(6), variance, relu, max().build()),
        new Case(
            "norm after an activated convolution",
            IMAGE,
            new ConvolutionLayer.Builder(3, 3).nOut(6).activation(Activation.TANH).build(),
            variance),
        new Case(
            "two norms",
            IMAGE,
            convolution(6),
            variance,
            new ActivationLayer(Activation.TANH),
            std),
        new Case("norm after a pool", IMAGE, max().build(), variance),
        new Case("decay 0.5", IMAGE, convolution(6), norm().decay(0.5).useLogStd(false).build()),
        new Case("decay 0.99 log", IMAGE, convolution(6), norm().decay(0.99).build()),
        new Case(
            "locked gamma and beta",
            IMAGE,
            convolution(6),
            norm().lockGammaBeta(true).useLogStd(false).build()),
        new Case("locked, of the input", IMAGE, norm().lockGammaBeta(true).build()),
        new Case("locked and ReLU", IMAGE, norm().lockGammaBeta(true).build(), relu),
        new Case("norm after dense", VECTOR, fully(8), variance, fully(6)),
        new Case("norm after dense with log10", VECTOR, fully(8), std, fully(6)),
        new Case("norm of a vector", VECTOR, variance, relu, fully(8)),
        new Case(
            "locked after dense", VECTOR, fully(8), norm().lockGammaBeta(true).build(), fully(6)),
        new Case(
            "norm with ignored activation", IMAGE, norm().activation(Activation.RELU).build()));
  }

  static ConvolutionLayer bare() {
    return new ConvolutionLayer.Builder(3, 3).nOut(6).hasBias(false).build();
  }

  static DenseLayer fully(int outputs) {
    return new DenseLayer.Builder().nOut(outputs).build();
  }

  static Stream<Case> activations() {
    return Stream.of(
            Activation.IDENTITY,
            Activation.RELU,
            Activation.RELU6,
            Activation.SIGMOID,
            Activation.TANH)
        .flatMap(
            activation ->
                Stream.of(
                    new Case(activation + " of the input", IMAGE, new ActivationLayer(activation)),
                    new Case(
                        activation + " after a pool",
                        IMAGE,
                        convolution(5),
                        average().build(),
                        new ActivationLayer(activation)),
                    new Case(
                        activation + " after a convolution",
                        IMAGE,
                        convolution(5),
                        new ActivationLayer(activation)),
                    new Case(
                        activation + " in a convolution",
                        IMAGE,
                        new ConvolutionLayer.Builder(3, 3).nOut(5).activation(activation).build(),
                        convolution(4)),
                    new Case(
                        activation + " after a norm",
                        IMAGE,
                        convolution(5),
                        norm().build(),
                        new ActivationLayer(activation),
                        convolution(4)),
                    new Case(
                        activation + " in a dense layer",
                        VECTOR,
                        new DenseLayer.Builder().nOut(7).activation(activation).build(),
                        fully(6)),
                    new Case(
                        activation + " twice",
                        VECTOR,
                        new DenseLayer.Builder().nOut(7).activation(activation).build(),
                        new ActivationLayer(activation),
                        new ActivationLayer(Activation.TANH))));
  }

  static SubsamplingLayer.Builder max() {
    return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX, new int[] {3, 3})
        .stride(2, 2);
  }

  static SubsamplingLayer.Builder average() {
    return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.AVG, new int[] {3, 3})
        .stride(2, 2);
  }

  static ZeroPaddingLayer padding() {
    return new ZeroPaddingLayer(1, 2, 3, 0);
  }

  static SubsamplingLayer.Builder same(SubsamplingLayer.Builder builder) {
    return builder.convolutionMode(ConvolutionMode.Same);
  }

  static Stream<Case> dense() {
    return Stream.of(
        new Case("dense", VECTOR, fully(9)),
        new Case(
            "dense without bias", VECTOR, new DenseLayer.Builder().nOut(9).hasBias(false).build()),
        new Case("one feature", InputType.feedForward(1), fully(3), fully(1), fully(4)),
        new Case("dense after images", IMAGE, convolution(5), fully(8)),
        new Case("dense of the images", IMAGE, fully(8)),
        new Case("flat images", InputType.convolutionalFlat(6, 5, 3), convolution(4)),
        new Case("flat images, norm", InputType.convolutionalFlat(6, 5, 3), norm().build()));
  }
}
