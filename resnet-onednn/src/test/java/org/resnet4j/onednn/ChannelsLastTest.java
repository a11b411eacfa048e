package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Graphs of {@code [N, H, W, C]} images, as {@code KerasModelImport} makes them, compute what stock
 * Deeplearning4j computes, to a relative error of 1e-4 of single precision.
 */
class ChannelsLastTest {
  /** Height, width and channels differ, so that exchanged axes are noticed. */
  static final InputType IMAGE = InputType.convolutional(9, 7, 4, CNN2DFormat.NHWC);

  static final long[] BATCH = {3, 9, 7, 4};

  /** A graph between the input and the softmax of its head. */
  record Case(String name, UnaryOperator<GraphBuilder> body) {
    ComputationGraph network() {
      GraphBuilder graph = Samples.graph().addInputs("in").setInputTypes(IMAGE);
      return Samples.network(
          body.apply(graph).addLayer("head", Samples.head(), "last").setOutputs("head").build(), 1);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static ConvolutionLayer.Builder conv(int out) {
    return new ConvolutionLayer.Builder(3, 3).dataFormat(CNN2DFormat.NHWC).nOut(out);
  }

  static SubsamplingLayer.Builder pool(SubsamplingLayer.PoolingType type) {
    return new SubsamplingLayer.Builder(type, new int[] {2, 3}).dataFormat(CNN2DFormat.NHWC);
  }

  static ZeroPaddingLayer padding() {
    return new ZeroPaddingLayer.Builder(1, 2, 3, 0).dataFormat(CNN2DFormat.NHWC).build();
  }

  static GlobalPoolingLayer global() {
    return new GlobalPoolingLayer.Builder(PoolingType.AVG).build();
  }

  static BatchNormalization norm() {
    return new BatchNormalization.Builder().useLogStd(false).dataFormat(CNN2DFormat.NHWC).build();
  }

  static CnnToFeedForwardPreProcessor flatten(int h, int w, int c) {
    return new CnnToFeedForwardPreProcessor(h, w, c, CNN2DFormat.NHWC);
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case(
            "flatten before a dense layer", graph -> graph.addLayer("last", conv(5).build(), "in")),
        new Case(
            "flatten by a vertex",
            graph ->
                graph
                    .addLayer("a", conv(5).build(), "in")
                    .addVertex("flatten", new PreprocessorVertex(flatten(7, 5, 5)), "a")
                    .addLayer("last", new DenseLayer.Builder().nOut(6).build(), "flatten")),
        new Case(
            "padding, norm, pooling",
            graph ->
                graph
                    .addLayer("pad", padding(), "in")
                    .addLayer("a", conv(6).stride(2, 1).hasBias(false).build(), "pad")
                    .addLayer("norm", norm(), "a")
                    .addLayer("relu", new ActivationLayer(Activation.RELU), "norm")
                    .addLayer("max", pool(SubsamplingLayer.PoolingType.MAX).build(), "relu")
                    .addLayer("last", global(), "max")),
        new Case(
            "average pooling, Same",
            graph ->
                graph
                    .addLayer(
                        "a",
                        conv(16).convolutionMode(ConvolutionMode.Same).stride(2, 2).build(),
                        "in")
                    .addLayer(
                        "last",
                        pool(SubsamplingLayer.PoolingType.AVG)
                            .convolutionMode(ConvolutionMode.Same)
                            .stride(1, 1)
                            .build(),
                        "a")),
        new Case("merge of channels", ChannelsLastTest::merged),
        new Case(
            "residual block of whole blocks of channels",
            graph ->
                graph
                    .addLayer("a", same(32).activation(Activation.RELU).build(), "in")
                    .addLayer("b", same(32).build(), "a")
                    .addLayer("norm", norm(), "b")
                    .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "norm", "a")
                    .addLayer("relu", new ActivationLayer(Activation.RELU), "sum")
                    .addLayer("last", global(), "relu")));
  }

  private static Case alone(String name, Layer layer) {
    return new Case(
        name,
        graph ->
            graph
                .addLayer("a", same(16).build(), "in")
                .addLayer("layer", layer, "a")
                .addLayer("last", conv(5).build(), "layer"));
  }

  static Stream<Case> layers() {
    return Stream.of(
        alone(
            "depthwise",
            new DepthwiseConvolution2D.Builder(3, 2)
                .depthMultiplier(2)
                .nOut(32)
                .dataFormat(CNN2DFormat.NHWC)
                .build()),
        alone(
            "separable",
            new SeparableConvolution2D.Builder(3, 2)
                .depthMultiplier(2)
                .nOut(24)
                .dataFormat(CNN2DFormat.NHWC)
                .build()),
        alone("cropping", new Cropping2D.Builder(1, 2, 0, 1).dataFormat(CNN2DFormat.NHWC).build()),
        alone(
            "upsampling",
            new Upsampling2D.Builder().size(new int[] {3, 2}).dataFormat(CNN2DFormat.NHWC).build()),
        alone(
            "lrn",
            new LocalResponseNormalization.Builder(5, 1e-1, 0.75)
                .dataFormat(CNN2DFormat.NHWC)
                .build()),
        new Case(
            "normalised images",
            graph ->
                graph
                    .addLayer("a", same(16).build(), "in")
                    .addVertex("b", new L2NormalizeVertex(), "a")
                    .addLayer("last", conv(5).build(), "b")));
  }

  static ConvolutionLayer.Builder same(int out) {
    return conv(out).convolutionMode(ConvolutionMode.Same);
  }

  private static GraphBuilder merged(GraphBuilder graph) {
    return graph
        .addLayer("a", conv(5).build(), "in")
        .addLayer("b", conv(3).build(), "in")
        .addVertex("merge", new MergeVertex(), "a", "b")
        .addLayer("last", global(), "merge");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"cases", "layers"})
  void outputEqualsStockDeeplearning4j(Case sample) {
    Oracle.inference(sample.network(), Oracle.TOLERANCE, Samples.images(5, BATCH));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"cases", "layers"})
  void lossAndGradientsEqualStockDeeplearning4j(Case sample) {
    Oracle.training(sample.network(), Oracle.TOLERANCE, Samples.batch(5, Samples.CLASSES, BATCH));
  }

  @Test
  void imagesThatAreAnOutputHaveTheOrderOfTheGraph() {
    ComputationGraphConfiguration configuration = Samples.chain(IMAGE, conv(6).build());
    configuration.getNetworkOutputs().add("layer0");
    Oracle.inference(Samples.network(configuration, 1), Oracle.TOLERANCE, Samples.images(5, BATCH));
  }

  /** Deeplearning4j infers no shapes for these merges, so the sizes are given. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void mergesAlongEachAxisEqualStockDeeplearning4j(int axis) {
    MergeVertex merge = new MergeVertex();
    merge.setMergeAxis(axis);
    ComputationGraph network =
        Samples.network(
            Samples.graph()
                .addInputs("in")
                .addLayer("a", conv(5).nIn(4).build(), "in")
                .addLayer("b", conv(5).nIn(4).build(), "in")
                .addVertex("merge", merge, "a", "b")
                .addLayer("last", conv(3).nIn(axis == 3 ? 10 : 5).build(), "merge")
                .addLayer("pool", wholeImages(), "last")
                .addLayer("head", head(3), "pool")
                .setOutputs("head")
                .build(),
            1);
    Oracle.inference(network, Oracle.TOLERANCE, Samples.images(5, BATCH));
    Oracle.training(network, Oracle.TOLERANCE, Samples.batch(5, 2, BATCH));
  }

  static GlobalPoolingLayer wholeImages() {
    return new GlobalPoolingLayer.Builder(PoolingType.AVG).poolingDimensions(1, 2).build();
  }

  static OutputLayer head(int features) {
    return new OutputLayer.Builder(LossFunction.MSE)
        .nIn(features)
        .nOut(2)
        .activation(Activation.SIGMOID)
        .build();
  }

  /** A call of 19 images runs in parts of 16, 2 and 1. */
  @Test
  void outputOfPartsEqualsStockDeeplearning4j() {
    ComputationGraphConfiguration configuration = Samples.chain(IMAGE, conv(6).build());
    configuration.getNetworkOutputs().add("layer0");
    Oracle.inference(
        Samples.network(configuration, 1), Oracle.TOLERANCE, Samples.images(5, 19, 9, 7, 4));
  }

  @Test
  void listenersReceiveActivationsInTheOrderOfTheGraph() {
    ComputationGraph network = cases().skip(5).findFirst().orElseThrow().network();
    Map<String, INDArray> stock = activations(network.clone());
    Map<String, INDArray> fast = activations(OneDnn.accelerate(network));
    assertThat(fast).containsKeys("a", "relu");
    fast.forEach(
        (vertex, activation) ->
            Oracle.close(
                vertex,
                Objects.requireNonNull(stock.get(vertex), vertex),
                activation,
                Oracle.TOLERANCE));
  }

  private static Map<String, INDArray> activations(ComputationGraph network) {
    Map<String, INDArray> copies = new HashMap<>();
    network.setListeners(
        new BaseTrainingListener() {
          @Override
          public void onForwardPass(Model model, Map<String, INDArray> activations) {
            activations.forEach((name, array) -> copies.put(name, array.dup('c')));
          }
        });
    network.fit(Samples.batch(5, Samples.CLASSES, BATCH));
    return copies;
  }
}
