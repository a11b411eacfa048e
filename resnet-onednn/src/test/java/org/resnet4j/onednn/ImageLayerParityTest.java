package org.resnet4j.onednn;

import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Depthwise and separable convolutions, local response normalisation, upsampling, cropping,
 * elementwise vertices and losses of images have the outputs and gradients of stock Deeplearning4j
 * in double precision, within the tolerance of {@link LayerParityTest}.
 */
class ImageLayerParityTest {
  private static final InputType IMAGE = InputType.convolutional(9, 7, 4);
  private static final InputType GREY = InputType.convolutional(8, 6, 1);
  private static final InputType BLOCKS = InputType.convolutional(6, 5, 16);

  private interface Settings {
    ConvolutionLayer.BaseConvBuilder<?> to(ConvolutionLayer.BaseConvBuilder<?> builder);
  }

  private static final Map<String, Settings> WINDOWS =
      Map.of(
          "plain", b -> b,
          "without bias", b -> b.hasBias(false),
          "padding and stride", b -> b.padding(1, 1).stride(2, 2),
          "Same", b -> b.convolutionMode(ConvolutionMode.Same),
          "Same, even, stride 2", b -> same(b).kernelSize(4, 2).stride(2, 2),
          "Strict", b -> b.convolutionMode(ConvolutionMode.Strict),
          "dilation", b -> b.dilation(2, 1).padding(1, 0),
          "tanh", b -> b.activation(Activation.TANH));

  private static ConvolutionLayer.BaseConvBuilder<?> same(
      ConvolutionLayer.BaseConvBuilder<?> builder) {
    return builder.convolutionMode(ConvolutionMode.Same);
  }

  static Stream<LayerParityTest.Case> convolutions() {
    return WINDOWS.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .flatMap(
            window ->
                (window.getKey().equals("plain") ? Stream.of(1, 2, 3) : Stream.of(2))
                    .flatMap(
                        multiplier -> multiplied(window.getKey(), window.getValue(), multiplier)));
  }

  private static Stream<LayerParityTest.Case> multiplied(
      String window, Settings settings, int multiplier) {
    String name = window + ", multiplier " + multiplier;
    Layer norm = new BatchNormalization.Builder().eps(1e-3).build();
    return Stream.of(
        new LayerParityTest.Case(
            "depthwise, " + name, IMAGE, conv(4), depthwise(4, multiplier, settings)),
        new LayerParityTest.Case(
            "separable, " + name, IMAGE, conv(4), separable(6, multiplier, settings)),
        new LayerParityTest.Case(
            "depthwise of grey images, " + name, GREY, depthwise(1, multiplier, settings)),
        new LayerParityTest.Case(
            "depthwise and norm, " + name,
            BLOCKS,
            depthwise(16, multiplier, settings),
            norm,
            relu()),
        new LayerParityTest.Case(
            "separable and norm, " + name,
            BLOCKS,
            conv(16),
            separable(32, multiplier, settings),
            norm));
  }

  private static Layer depthwise(int inputs, int multiplier, Settings settings) {
    DepthwiseConvolution2D.Builder builder =
        new DepthwiseConvolution2D.Builder(3, 3).depthMultiplier(multiplier);
    settings.to(builder);
    return builder.nOut(inputs * multiplier).build();
  }

  private static Layer separable(int outputs, int multiplier, Settings settings) {
    SeparableConvolution2D.Builder builder =
        new SeparableConvolution2D.Builder(3, 3).depthMultiplier(multiplier);
    settings.to(builder);
    return builder.nOut(outputs).build();
  }

  private static ConvolutionLayer conv(int outputs) {
    return new ConvolutionLayer.Builder(1, 1).nOut(outputs).build();
  }

  private static ActivationLayer relu() {
    return new ActivationLayer(Activation.RELU);
  }

  static Stream<LayerParityTest.Case> others() {
    return Stream.of(
        chain("lrn", IMAGE, lrn(2, 5, 1e-4, 0.75)),
        chain("lrn in blocks", BLOCKS, lrn(2, 5, 1e-4, 0.75)),
        chain("strong lrn", IMAGE, lrn(1, 3, 0.5, 0.75)),
        chain("strong lrn in blocks", BLOCKS, lrn(1, 5, 0.5, 0.75)),
        chain("lrn over 4", BLOCKS, lrn(1.5, 4, 0.3, 0.5)),
        chain("lrn over 7", IMAGE, lrn(1.5, 7, 0.3, 1)),
        chain("lrn over 1", IMAGE, lrn(0.7, 1, 0.3, 0.6)),
        chain("lrn after relu", BLOCKS, relu(), lrn(2, 5, 1e-2, 0.75), conv(5)),
        chain("upsampling", IMAGE, new Upsampling2D.Builder(2).build()),
        chain("upsampling in blocks", BLOCKS, new Upsampling2D.Builder(2).build(), conv(16)),
        chain(
            "oblong upsampling", IMAGE, new Upsampling2D.Builder().size(new int[] {3, 1}).build()),
        chain("cropping", IMAGE, new Cropping2D(1, 2, 3, 0), conv(3)),
        chain("cropping in blocks", BLOCKS, new Cropping2D(1, 1), conv(16)),
        new LayerParityTest.Case("cropping of the input", IMAGE, new Cropping2D(1, 0, 0, 2)),
        chain("cropping of nothing", IMAGE, new Cropping2D(0, 0)));
  }

  private static LayerParityTest.Case chain(String name, InputType input, Layer... layers) {
    int channels = (int) ((InputType.InputTypeConvolutional) input).getChannels();
    Layer[] all = new Layer[layers.length + 1];
    all[0] = conv(channels);
    System.arraycopy(layers, 0, all, 1, layers.length);
    return new LayerParityTest.Case(name, input, all);
  }

  private static Layer lrn(double k, double n, double alpha, double beta) {
    return new LocalResponseNormalization.Builder(k, n, alpha, beta).build();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"convolutions", "others"})
  void outputEqualsStockDeeplearning4j(LayerParityTest.Case sample) {
    LayerParityTest.requireEqualOutputs(sample);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"convolutions", "others"})
  void lossAndGradientsEqualStockDeeplearning4j(LayerParityTest.Case sample) {
    LayerParityTest.requireEqualGradients(sample);
  }

  /** A graph whose vertex {@code v} reads convolutions a and b, or their ReLUs r and s. */
  record Vertices(ElementWiseVertex.Op op, String... inputs) {
    ComputationGraph network() {
      GraphBuilder graph = Samples.graph().addInputs("in").setInputTypes(IMAGE);
      graph
          .addLayer("a", conv(6), "in")
          .addLayer("b", conv(6), "in")
          .addLayer("r", relu(), "a")
          .addLayer("s", relu(), "b")
          .addVertex("v", new ElementWiseVertex(op), inputs)
          .addVertex("w", new MergeVertex(), "v", "r", "s")
          .addLayer("z", conv(4), "w")
          .addLayer("head", Samples.head(), "z");
      return Samples.network(graph.setOutputs("head").build(), 2);
    }

    @Override
    public String toString() {
      return op + " of " + String.join(", ", inputs);
    }
  }

  static Stream<Vertices> vertices() {
    return Stream.of(ElementWiseVertex.Op.values())
        .flatMap(
            op ->
                Stream.of(
                        "a b", "b a", "r s", "s r", "a a", "r r", "a", "a b r", "r s a b", "r s r")
                    .map(inputs -> new Vertices(op, inputs.split(" ", -1))))
        .filter(sample -> sample.op != ElementWiseVertex.Op.Subtract || sample.inputs.length == 2);
  }

  /** Zeros of two ReLUs are equal: the maximum's gradient is the first one's. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("vertices")
  void elementwiseVertexEqualsStockDeeplearning4j(Vertices sample) {
    ComputationGraph network = sample.network();
    INDArray images = Samples.images(4, 3, 4, 9, 7);
    Oracle.inference(network, Oracle.TOLERANCE, images);
    Oracle.training(
        network, Oracle.TOLERANCE, new DataSet(images, Samples.labels(3, 3, Samples.CLASSES)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"SIGMOID", "SOFTMAX", "IDENTITY"})
  void lossOfImagesEqualsStockDeeplearning4j(String activation) {
    Activation function = Activation.valueOf(activation);
    LossFunction loss =
        function == Activation.SIGMOID
            ? LossFunction.XENT
            : function == Activation.SOFTMAX ? LossFunction.MCXENT : LossFunction.MSE;
    ComputationGraphConfiguration configuration =
        Samples.graph()
            .addInputs("in")
            .setInputTypes(IMAGE)
            .addLayer("a", conv(3), "in")
            .addLayer("out", new CnnLossLayer.Builder(loss).activation(function).build(), "a")
            .setOutputs("out")
            .build();
    ComputationGraph network = Samples.network(configuration, 1);
    INDArray images = Samples.images(4, 3, 4, 9, 7);
    Oracle.inference(network, Oracle.TOLERANCE, images);
    Oracle.training(
        network,
        Oracle.TOLERANCE,
        new DataSet(images, Samples.images(5, 3, 3, 9, 7).addi(1).divi(2)));
  }
}
