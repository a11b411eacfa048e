package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.resnet4j.graph.ScaleChannelsVertex;

/**
 * Inputs, weights and layers of mismatched shapes are refused in a sentence before anything is
 * computed.
 */
class ShapeMismatchTest {
  static final CompileOptions INFERENCE = CompileOptions.inference().precision(Precision.FP32);

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Case(String what, ComputationGraph network, String message, INDArray... inputs) {
    @Override
    public String toString() {
      return what;
    }
  }

  static ConvolutionLayer.Builder conv(int in, int out, int kernel, int stride) {
    return new ConvolutionLayer.Builder(kernel, kernel).nIn(in).nOut(out).stride(stride, stride);
  }

  static OutputLayer head(int features) {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nIn(features)
        .nOut(Samples.CLASSES)
        .activation(Activation.SOFTMAX)
        .build();
  }

  static ComputationGraph headed(GraphBuilder graph, String last, int channels) {
    return Samples.network(
        graph
            .addLayer("mean", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), last)
            .addLayer("head", head(channels), "mean")
            .setOutputs("head")
            .build(),
        1);
  }

  static GraphBuilder graph() {
    return Samples.graph().addInputs("in");
  }

  static ComputationGraph chain(int channels, Layer... layers) {
    GraphBuilder graph = graph();
    String last = "in";
    for (int i = 0; i < layers.length; i++) {
      graph.addLayer("layer" + i, layers[i], last);
      last = "layer" + i;
    }
    return headed(graph, last, channels);
  }

  /**
   * Returns a graph that adds {@code left} and {@code right} channels, of images as large, strided,
   * or pooled to one pixel.
   */
  static ComputationGraph sum(int left, int right, int stride, boolean pooled) {
    GraphBuilder graph =
        graph()
            .addLayer("a", conv(16, left, 1, 1).build(), "in")
            .addLayer("b", conv(16, right, 1, stride).activation(Activation.TANH).build(), "in");
    if (pooled) {
      graph.addLayer(
          "c",
          new GlobalPoolingLayer.Builder(PoolingType.AVG).collapseDimensions(false).build(),
          "b");
    }
    graph.addVertex(
        "sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "a", pooled ? "c" : "b");
    return headed(graph, "sum", left);
  }

  static ComputationGraph merge(int axis, int stride, int channels) {
    MergeVertex merge = new MergeVertex();
    merge.setMergeAxis(axis);
    return headed(
        graph()
            .addLayer("a", conv(16, 16, 1, 1).build(), "in")
            .addLayer("b", conv(16, 16, 1, stride).build(), "in")
            .addVertex("merge", merge, "a", "b"),
        "merge",
        channels);
  }

  private static ComputationGraph withAttention() {
    return headed(
        Samples.graph()
            .addInputs("in", "factors")
            .addLayer("a", conv(16, 16, 1, 1).build(), "in")
            .addVertex("attention", new ScaleChannelsVertex(), "a", "factors"),
        "attention",
        16);
  }

  static ComputationGraph twoInputs() {
    return headed(
        Samples.graph()
            .addInputs("in", "other")
            .addLayer("a", conv(16, 16, 1, 1).build(), "in")
            .addLayer("b", conv(16, 16, 1, 1).build(), "other")
            .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "a", "b"),
        "sum",
        16);
  }

  private static ComputationGraph flatImages() {
    return headed(
        graph()
            .setInputTypes(InputType.convolutionalFlat(28, 28, 1))
            .addLayer("a", conv(1, 4, 3, 1).build(), "in"),
        "a",
        4);
  }

  private static ComputationGraph flattening() {
    return Samples.network(
        graph()
            .addLayer("a", conv(16, 4, 1, 1).build(), "in")
            .addLayer(
                "dense",
                new DenseLayer.Builder().nIn(4 * 8 * 8).nOut(6).build(),
                new CnnToFeedForwardPreProcessor(8, 8, 4),
                "a")
            .addLayer("head", head(6), "dense")
            .setOutputs("head")
            .build(),
        1);
  }

  private static Layer padding(int... sides) {
    ZeroPaddingLayer layer = new ZeroPaddingLayer(1, 1);
    layer.setPadding(sides);
    return layer;
  }

  private static Layer negativeConv() {
    ConvolutionLayer layer = conv(16, 16, 3, 1).build();
    layer.setPadding(new int[] {-1, -1});
    return layer;
  }

  private static Layer pool(int kernel, int stride, int padding) {
    return new SubsamplingLayer.Builder(
            SubsamplingLayer.PoolingType.MAX, new int[] {kernel, kernel})
        .stride(stride, stride)
        .padding(padding, padding)
        .build();
  }

  private static Case one(String what, ComputationGraph network, String message) {
    return new Case(what, network, message, images(2, 16, 8, 8));
  }

  static INDArray images(long... shape) {
    return Samples.images(1, shape);
  }

  static Stream<Case> mismatches() {
    return Stream.of(
        one("sum of other sides", sum(16, 16, 2, false), "\"sum\": an addition"),
        one("sum of fewer channels", sum(32, 16, 1, false), "\"sum\": an addition"),
        one("sum with one channel", sum(16, 1, 1, false), "\"sum\": an addition"),
        one("sum with one pixel", sum(16, 16, 1, true), "\"sum\": an addition"),
        one("sum with one number", sum(16, 1, 1, true), "\"sum\": an addition"),
        one("a much larger convolution", sum(512, 16, 2, false), "\"sum\": an addition"),
        one("merge of other sides", merge(1, 2, 32), "\"merge\": a merge"),
        one("merge of batches", merge(0, 1, 16), "\"merge\": MergeVertex along the axis 0"),
        one("merge along no axis", merge(4, 1, 16), "\"merge\": MergeVertex along the axis 4"),
        one("negative padding", chain(16, padding(-4, 4, -4, 4)), "\"layer0\": expected padding"),
        one("padding of two sides", chain(16, padding(1, 1)), "\"layer0\": expected padding"),
        one("negative convolution", chain(16, negativeConv()), "\"layer0\": expected padding"),
        one("pool beyond the image", chain(16, pool(9, 2, 0)), "nothing is left of it here"),
        one("pool of padding", chain(16, pool(2, 2, 2)), "\"layer0\": pooling"),
        one("channels", chain(4, conv(8, 4, 1, 1).build()), "\"layer0\": expected 8 channels"),
        one("features", chain(4, conv(16, 6, 1, 1).build()), "\"head\": expected 4 features"),
        one(
            "Strict",
            chain(4, conv(16, 4, 3, 2).convolutionMode(ConvolutionMode.Strict).build()),
            "\"layer0\": ConvolutionMode.Strict"),
        one(
            "Same that would skip rows",
            chain(4, conv(16, 4, 1, 4).convolutionMode(ConvolutionMode.Same).build()),
            "\"layer0\": ConvolutionMode.Same"),
        new Case(
            "factors' batch", withAttention(), "\"attention\"", images(8, 16, 4, 4), images(1, 16)),
        new Case("factors", withAttention(), "\"attention\"", images(2, 16, 4, 4), images(2, 8)),
        new Case("batches", twoInputs(), "\"sum\"", images(8, 16, 4, 4), images(2, 16, 4, 4)),
        new Case("few features", flatImages(), "expected 784 features", images(1, 100)),
        new Case("one feature", flatImages(), "expected 784 features", images(1, 1)),
        new Case("flattened images", flattening(), "expected images", images(2, 16, 4, 16)),
        new Case("rank 3", sum(16, 16, 1, false), "\"in\"", images(2, 16, 8)),
        new Case("rank 5", sum(16, 16, 1, false), "\"in\"", images(2, 16, 8, 8, 1)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("mismatches")
  void inferenceRefusesMismatchedShapes(Case sample) {
    assertThatThrownBy(
            () -> {
              try (CompiledNetwork compiled = OneDnn.compile(sample.network(), INFERENCE)) {
                compiled.outputs(sample.inputs());
              }
            })
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(sample.message());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("mismatches")
  void trainingRefusesMismatchedShapes(Case sample) {
    int count = (int) sample.inputs()[0].size(0);
    INDArray labels = Samples.labels(1, count, Samples.CLASSES);
    INDArray before = sample.network().params().dup();
    assertThatThrownBy(
            () ->
                OneDnn.accelerate(sample.network())
                    .fit(new MultiDataSet(sample.inputs(), new INDArray[] {labels})))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(sample.message());
    assertThat(sample.network().params()).isEqualTo(before);
  }

  @Test
  void channelsLastPaddingIsRefused() {
    ZeroPaddingLayer layer = new ZeroPaddingLayer.Builder(1, 1).build();
    layer.setDataFormat(CNN2DFormat.NHWC);
    assertThatThrownBy(
            () -> {
              try (CompiledNetwork compiled = OneDnn.compile(chain(16, layer), INFERENCE)) {
                compiled.output(images(2, 16, 8, 8));
              }
            })
        .isInstanceOf(UnsupportedGraphException.class)
        .hasMessageContaining("NHWC");
  }

  @Test
  void weightsThatContradictTheConfigurationAreRefused() {
    ComputationGraph network = chain(4, conv(16, 4, 1, 1).build());
    ComputationGraph fast = OneDnn.accelerate(network);
    ((ConvolutionLayer) fast.getLayer("layer0").conf().getLayer()).setNIn(32);
    assertThatThrownBy(() -> fast.fit(Samples.batch(1, 5, 2, 32, 8, 8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"layer0\"");
  }

  @Test
  void labelsOfAnotherShapeAreRefused() {
    ComputationGraph fast = OneDnn.accelerate(chain(4, conv(16, 4, 1, 1).build()));
    INDArray images = images(4, 16, 8, 8);
    for (INDArray labels : new INDArray[] {Nd4j.rand(4, 4), Nd4j.rand(3, 5), Nd4j.rand(4, 5, 1)}) {
      assertThatThrownBy(() -> fast.fit(new DataSet(images, labels)))
          .isInstanceOf(RuntimeException.class);
    }
    assertThat(fast.params().isNaN().any()).isFalse();
  }
}
