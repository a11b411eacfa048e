package org.resnet4j.onednn;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.graph.GroupedConvolutionLayer;

/**
 * Every kind of layer has the outputs and gradients of stock Deeplearning4j in double precision.
 * Tolerance: 1e-4 of the largest value or of the norm, which single precision keeps with room to
 * spare in three layers.
 */
class LayerParityTest {
  private static final int BATCH = 3;
  private static final InputType IMAGE = InputType.convolutional(9, 7, 4);
  private static final InputType ODD = InputType.convolutional(7, 11, 3);
  private static final InputType EVEN = InputType.convolutional(8, 6, 5);
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
  @MethodSource({"convolutions", "grouped", "norms", "activations", "pools", "dense"})
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
  @MethodSource({"convolutions", "grouped", "norms", "activations", "pools", "dense"})
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

  /** Grouped convolutions of stock Deeplearning4j are tested in {@code GroupedConvolutionTest}. */
  static Stream<Case> grouped() {
    return Stream.of(
        grouped("1 group", 12, 1, b -> b),
        grouped("2 groups", 12, 2, b -> b.padding(1, 1)),
        grouped("3 groups without bias", 12, 3, b -> b.hasBias(false)),
        grouped("12 groups, stride 2", 12, 12, b -> b.stride(2, 2).padding(1, 1)),
        grouped("depthwise, two outputs each", 6, 6, b -> b.padding(1, 1)),
        grouped("32 groups of 4", 128, 32, b -> b.padding(1, 1).nOut(128)),
        grouped("32 groups of 4, stride 2", 128, 32, b -> b.padding(1, 1).stride(2, 2).nOut(128)),
        grouped("4 groups of 16", 64, 4, b -> b.padding(1, 1).nOut(64)),
        grouped("2 groups of 24", 48, 2, b -> b.nOut(48)),
        grouped("2 groups, 1x1", 12, 2, b -> b.kernelSize(1, 1)),
        grouped("2 groups, oblong", 12, 2, b -> b.kernelSize(2, 3).stride(1, 2)),
        grouped("2 groups, dilation 2", 12, 2, b -> b.dilation(2, 2).padding(2, 2)),
        grouped("2 groups, Same stride 2", 12, 2, b -> same(b).stride(2, 2)),
        grouped("2 groups, tanh", 12, 2, b -> b.activation(Activation.TANH)),
        grouped("2 groups, padded before", 12, 2, b -> b, padding()),
        new Case("2 groups of the input", IMAGE, group(b -> b, 2)),
        new Case("4 groups of the input, depthwise", IMAGE, group(b -> b, 4)),
        new Case(
            "norm and ReLU after groups",
            IMAGE,
            group(b -> b.padding(1, 1), 2),
            norm().useLogStd(false).build(),
            new ActivationLayer(Activation.RELU),
            group(b -> b, 3),
            norm().build()));
  }

  private static Case grouped(
      String name, int channels, int groups, Settings settings, Layer... between) {
    List<Layer> layers = new ArrayList<>(List.of(between));
    layers.add(0, new ConvolutionLayer.Builder(1, 1).nOut(channels).build());
    layers.add(group(settings, groups));
    return new Case(name, ODD, layers.toArray(new Layer[0]));
  }

  private static Layer group(Settings settings, int groups) {
    return new GroupedConvolutionLayer(
        settings.to(new ConvolutionLayer.Builder(3, 3).nOut(12)), groups);
  }

  private interface Settings {
    ConvolutionLayer.Builder to(ConvolutionLayer.Builder builder);
  }

  private static ConvolutionLayer.Builder same(ConvolutionLayer.Builder builder) {
    return builder.convolutionMode(ConvolutionMode.Same);
  }

  /** Adds a convolution before the layer, so that the gradient of its input is computed. */
  private static Case conv(String name, InputType input, Settings settings) {
    return new Case(
        name,
        input,
        new ConvolutionLayer.Builder(1, 1).nOut(4).build(),
        settings.to(new ConvolutionLayer.Builder(3, 3).nOut(6)).build());
  }

  private static ConvolutionLayer convolution(int outputs) {
    return new ConvolutionLayer.Builder(3, 3).nOut(outputs).build();
  }

  private static BatchNormalization.Builder norm() {
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

  private static ConvolutionLayer bare() {
    return new ConvolutionLayer.Builder(3, 3).nOut(6).hasBias(false).build();
  }

  private static DenseLayer fully(int outputs) {
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

  private static SubsamplingLayer.Builder max() {
    return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX, new int[] {3, 3})
        .stride(2, 2);
  }

  private static SubsamplingLayer.Builder average() {
    return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.AVG, new int[] {3, 3})
        .stride(2, 2);
  }

  static Stream<Case> pools() {
    Stream<Case> windows =
        Stream.of(SubsamplingLayer.PoolingType.MAX, SubsamplingLayer.PoolingType.AVG)
            .flatMap(
                type ->
                    Stream.of(
                        pool(type + " 3x3 stride 2", IMAGE, window(type, 3, 2)),
                        pool(type + " 3x3 stride 2 drops", EVEN, window(type, 3, 2)),
                        pool(type + " padding 1", IMAGE, window(type, 3, 2).padding(1, 1)),
                        pool(type + " padding 1 even", EVEN, window(type, 3, 2).padding(1, 1)),
                        pool(type + " 2x2", EVEN, window(type, 2, 2)),
                        pool(type + " 3x3 stride 1", ODD, window(type, 3, 1)),
                        pool(type + " Same odd", ODD, same(window(type, 3, 2))),
                        pool(type + " Same even", EVEN, same(window(type, 3, 2))),
                        pool(type + " Same mixed", IMAGE, same(window(type, 2, 2))),
                        pool(type + " Same 2x2 odd", ODD, same(window(type, 2, 2))),
                        pool(type + " Same stride 1", IMAGE, same(window(type, 2, 1))),
                        pool(type + " 2x3 stride 1x2", IMAGE, oblong(type))));
    Stream<Case> divisors =
        Stream.of(true, false)
            .flatMap(
                with ->
                    Stream.of(
                        pool(
                            "divisor with padding " + with,
                            IMAGE,
                            average().padding(1, 1).avgPoolIncludePadInDivisor(with)),
                        pool(
                            "divisor with padding, even " + with,
                            EVEN,
                            average().padding(1, 1).avgPoolIncludePadInDivisor(with)),
                        pool(
                            "Same, divisor with padding " + with,
                            ODD,
                            same(average()).avgPoolIncludePadInDivisor(with)),
                        pool(
                            "Same even, divisor with padding " + with,
                            EVEN,
                            same(average()).avgPoolIncludePadInDivisor(with))));
    Stream<Case> globals =
        Stream.of(PoolingType.AVG, PoolingType.MAX)
            .flatMap(
                type ->
                    Stream.of(
                        global(type + " global", type, true),
                        global(type + " global, not collapsed", type, false),
                        new Case(
                            type + " global of one pixel",
                            InputType.convolutional(1, 1, 6),
                            new ConvolutionLayer.Builder(1, 1).nOut(5).build(),
                            new GlobalPoolingLayer.Builder(type).build()),
                        new Case(
                            type + " global, then dense",
                            IMAGE,
                            convolution(5),
                            new GlobalPoolingLayer.Builder(type).build(),
                            fully(6))));
    Stream<Case> paddings =
        Stream.of(
            new Case("padding feeds a convolution", IMAGE, convolution(5), padding(), bare()),
            new Case("padding of the input", IMAGE, padding(), bare()),
            new Case("padding feeds a pool", IMAGE, convolution(5), padding(), max().build()),
            new Case("padding feeds the head", IMAGE, convolution(5), padding()),
            new Case(
                "padding feeds a strided convolution",
                IMAGE,
                convolution(5),
                padding(),
                new ConvolutionLayer.Builder(3, 3).nOut(4).stride(2, 2).padding(1, 0).build()));
    return Stream.of(windows, divisors, globals, paddings).flatMap(all -> all);
  }

  private static ZeroPaddingLayer padding() {
    return new ZeroPaddingLayer(1, 2, 3, 0);
  }

  private static Case global(String name, PoolingType type, boolean collapse) {
    return new Case(
        name,
        IMAGE,
        convolution(5),
        new GlobalPoolingLayer.Builder(type).collapseDimensions(collapse).build());
  }

  private static SubsamplingLayer.Builder window(
      SubsamplingLayer.PoolingType type, int kernel, int stride) {
    return new SubsamplingLayer.Builder(type, new int[] {kernel, kernel}).stride(stride, stride);
  }

  private static SubsamplingLayer.Builder oblong(SubsamplingLayer.PoolingType type) {
    return new SubsamplingLayer.Builder(type, new int[] {2, 3}).stride(1, 2);
  }

  private static SubsamplingLayer.Builder same(SubsamplingLayer.Builder builder) {
    return builder.convolutionMode(ConvolutionMode.Same);
  }

  private static Case pool(String name, InputType input, SubsamplingLayer.Builder builder) {
    return new Case(
        name, input, new ConvolutionLayer.Builder(1, 1).nOut(5).build(), builder.build());
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
