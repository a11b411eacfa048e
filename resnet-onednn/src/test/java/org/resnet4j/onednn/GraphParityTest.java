package org.resnet4j.onednn;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/**
 * Graphs with sums, padding and poolings that several vertices read have the outputs, loss and
 * gradients of stock Deeplearning4j.
 */
class GraphParityTest {
  static final InputType IMAGE = InputType.convolutional(7, 6, 4);
  static final int BATCH = 3;

  /** A graph from convolution {@code a} of the input to vertex {@code z}, which the head reads. */
  static final class Wires {
    private final GraphBuilder graph;

    Wires(GraphBuilder graph) {
      this.graph = graph;
      layer("a", conv(6), "in");
    }

    Wires layer(String name, Layer layer, String input) {
      graph.addLayer(name, layer, input);
      return this;
    }

    Wires vertex(String name, GraphVertex vertex, String... inputs) {
      graph.addVertex(name, vertex, inputs);
      return this;
    }
  }

  interface Part {
    Wires to(Wires wires);
  }

  record Case(String name, Part part) {
    ComputationGraph network() {
      GraphBuilder graph = Samples.graph().addInputs("in").setInputTypes(IMAGE);
      part.to(new Wires(graph));
      return Samples.network(
          graph.addLayer("head", Samples.head(), "z").setOutputs("head").build(), 2);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static ConvolutionLayer conv(int outputs) {
    return new ConvolutionLayer.Builder(3, 3).nOut(outputs).padding(1, 1).build();
  }

  static ElementWiseVertex sum() {
    return new ElementWiseVertex(ElementWiseVertex.Op.Add);
  }

  static ActivationLayer relu() {
    return new ActivationLayer(Activation.RELU);
  }

  static ActivationLayer tanh() {
    return new ActivationLayer(Activation.TANH);
  }

  static BatchNormalization norm() {
    return new BatchNormalization.Builder().useLogStd(false).build();
  }

  static SubsamplingLayer max() {
    return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX, new int[] {3, 3})
        .stride(1, 1)
        .padding(1, 1)
        .build();
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case("identity shortcut", w -> w.layer("b", conv(6), "a").vertex("z", sum(), "a", "b")),
        new Case(
            "identity shortcut, the other way round",
            w -> w.layer("b", conv(6), "a").vertex("z", sum(), "b", "a")),
        new Case(
            "sum, then ReLU",
            w -> w.layer("b", conv(6), "a").vertex("s", sum(), "a", "b").layer("z", relu(), "s")),
        new Case(
            "norm, sum, ReLU",
            w ->
                w.layer("b", conv(6), "a")
                    .layer("c", norm(), "b")
                    .vertex("s", sum(), "a", "c")
                    .layer("z", relu(), "s")),
        new Case(
            "norm and ReLU before the sum",
            w ->
                w.layer("b", conv(6), "a")
                    .layer("c", norm(), "b")
                    .layer("d", relu(), "c")
                    .vertex("z", sum(), "a", "d")),
        new Case(
            "two norms into a sum",
            w ->
                w.layer("b", conv(6), "a")
                    .layer("c", norm(), "b")
                    .layer("d", conv(6), "a")
                    .layer("e", norm(), "d")
                    .vertex("s", sum(), "c", "e")
                    .layer("z", relu(), "s")),
        new Case("x + x", w -> w.vertex("z", sum(), "a", "a")),
        new Case("x + x + x", w -> w.vertex("z", sum(), "a", "a", "a")),
        new Case(
            "x + x, then ReLU, then a convolution",
            w -> w.vertex("s", sum(), "a", "a").layer("r", relu(), "s").layer("z", conv(5), "r")),
        new Case(
            "three summands",
            w ->
                w.layer("b", conv(6), "a")
                    .layer("c", conv(6), "b")
                    .vertex("s", sum(), "a", "b", "c")
                    .layer("z", tanh(), "s")),
        new Case(
            "x + y + x",
            w ->
                w.layer("b", conv(6), "a")
                    .vertex("s", sum(), "a", "b", "a")
                    .layer("z", relu(), "s")),
        new Case("sum of one", w -> w.vertex("z", sum(), "a")),
        new Case(
            "sum of sums",
            w ->
                w.layer("b", conv(6), "a")
                    .vertex("s", sum(), "a", "b")
                    .layer("c", conv(6), "s")
                    .vertex("t", sum(), "s", "c")
                    .layer("d", conv(6), "b")
                    .vertex("z", sum(), "t", "d")),
        new Case(
            "a summand that is read again later",
            w ->
                w.layer("b", conv(6), "a")
                    .vertex("s", sum(), "a", "b")
                    .layer("c", relu(), "a")
                    .vertex("z", sum(), "s", "c")),
        new Case(
            "a summand read between the convolution and the sum",
            w ->
                w.layer("b", conv(6), "a")
                    .layer("c", tanh(), "a")
                    .vertex("s", sum(), "a", "b")
                    .vertex("z", sum(), "s", "c")),
        new Case(
            "a sum and its activation both read",
            w ->
                w.layer("b", conv(6), "a")
                    .vertex("s", sum(), "a", "b")
                    .layer("r", relu(), "s")
                    .layer("c", conv(6), "s")
                    .vertex("z", sum(), "r", "c")),
        new Case(
            "an activation read twice",
            w ->
                w.layer("r", relu(), "a")
                    .layer("b", conv(6), "r")
                    .layer("c", conv(6), "r")
                    .vertex("z", sum(), "b", "c")),
        new Case(
            "a convolution before and behind its norm",
            w -> w.layer("b", norm(), "a").layer("r", relu(), "b").vertex("z", sum(), "a", "r")),
        new Case(
            "the input added",
            w -> w.layer("b", conv(4), "a").vertex("s", sum(), "in", "b").layer("z", relu(), "s")),
        new Case("scale", w -> w.vertex("z", new ScaleVertex(-1.7), "a")),
        new Case(
            "scaled residual",
            w ->
                w.layer("b", conv(6), "a")
                    .vertex("c", new ScaleVertex(0.3), "b")
                    .vertex("s", sum(), "a", "c")
                    .layer("z", relu(), "s")),
        new Case(
            "padding feeds two readers",
            w ->
                w.layer("p", new ZeroPaddingLayer(1, 1, 2, 0), "a")
                    .layer("b", new ConvolutionLayer.Builder(3, 3).nOut(4).build(), "p")
                    .layer("c", new ConvolutionLayer.Builder(3, 3).nOut(4).build(), "p")
                    .vertex("z", sum(), "b", "c")),
        new Case(
            "padding feeds a convolution and a pool",
            w ->
                w.layer("p", new ZeroPaddingLayer(1, 1, 1, 1), "a")
                    .layer("b", new ConvolutionLayer.Builder(3, 3).nOut(6).build(), "p")
                    .layer(
                        "c",
                        new SubsamplingLayer.Builder(
                                SubsamplingLayer.PoolingType.AVG, new int[] {3, 3})
                            .stride(1, 1)
                            .build(),
                        "p")
                    .vertex("z", sum(), "b", "c")),
        new Case("a pool into a sum", w -> w.layer("b", max(), "a").vertex("z", sum(), "a", "b")),
        new Case(
            "global pool and dense residual",
            w ->
                w.layer("g", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), "a")
                    .layer("b", new DenseLayer.Builder().nOut(6).build(), "g")
                    .layer("n", norm(), "b")
                    .vertex("s", sum(), "g", "n")
                    .layer("z", relu(), "s")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void outputEqualsStockDeeplearning4j(Case sample) {
    requireEqualOutputs(sample);
  }

  /** Compares the output of the head, and that of vertex {@code z} before the head mixes it. */
  static void requireEqualOutputs(Case sample) {
    ComputationGraph network = sample.network();
    network.getConfiguration().getNetworkOutputs().add("z");
    ComputationGraph both = new ComputationGraph(network.getConfiguration());
    both.init(network.params(), false);
    Oracle.inference(both, Oracle.TOLERANCE, images(BATCH));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void lossAndGradientsEqualStockDeeplearning4j(Case sample) {
    requireEqualGradients(sample);
  }

  static void requireEqualGradients(Case sample) {
    Oracle.training(
        sample.network(),
        Oracle.TOLERANCE,
        new DataSet(images(BATCH), Samples.labels(3, BATCH, Samples.CLASSES)));
  }

  static INDArray images(int count) {
    return Samples.images(5, count, 4, 7, 6);
  }

  /** The sum overwrites {@code x}, which {@code a} has to read before. */
  @Test
  void operandOverwrittenByASumIsReadBefore() {
    ComputationGraph network =
        Samples.network(
            Samples.graph()
                .addInputs("in")
                .setInputTypes(IMAGE)
                .addLayer("x", same(4), "in")
                .addLayer("y", same(4), "in")
                .addLayer("a", same(4), "x")
                .addLayer("b", same(4), "y")
                .addLayer("c", same(4), "a")
                .addVertex("s", new ElementWiseVertex(ElementWiseVertex.Op.Add), "b", "x")
                .addVertex("m", new MergeVertex(), "c", "s")
                .addLayer("pool", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), "m")
                .addLayer("head", Samples.head(), "pool")
                .setOutputs("head")
                .build(),
            6);
    Oracle.inference(network, Oracle.TOLERANCE, images(4));
  }

  static ConvolutionLayer same(int outputs) {
    return new ConvolutionLayer.Builder(3, 3)
        .nOut(outputs)
        .convolutionMode(ConvolutionMode.Same)
        .build();
  }
}
