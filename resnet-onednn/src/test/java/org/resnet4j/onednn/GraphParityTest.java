package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;
import org.resnet4j.graph.ScaleChannelsVertex;

/**
 * Graphs with any vertices, several inputs and outputs, and any losses have the outputs, loss and
 * gradients of stock Deeplearning4j.
 */
class GraphParityTest {
  private static final InputType IMAGE = InputType.convolutional(7, 6, 4);
  private static final InputType VECTOR = InputType.feedForward(6);
  private static final int BATCH = 3;

  /** A graph from convolution {@code a} of the input to vertex {@code z}, which the head reads. */
  private static final class Wires {
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

  private interface Part {
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

  /** Multiplies the channels of {@code image} by the output of two dense layers on their means. */
  private static Wires withAttention(Wires wires, String image, String name) {
    return wires
        .layer(name + ".mean", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), image)
        .layer(
            name + ".fc1",
            new DenseLayer.Builder().nOut(3).activation(Activation.TANH).build(),
            name + ".mean")
        .layer(name + ".fc2", new DenseLayer.Builder().nOut(6).build(), name + ".fc1")
        .layer(name + ".sigmoid", new ActivationLayer(Activation.SIGMOID), name + ".fc2")
        .vertex(name, new ScaleChannelsVertex(), image, name + ".sigmoid");
  }

  private static ConvolutionLayer conv(int outputs) {
    return new ConvolutionLayer.Builder(3, 3).nOut(outputs).padding(1, 1).build();
  }

  private static ElementWiseVertex sum() {
    return new ElementWiseVertex(ElementWiseVertex.Op.Add);
  }

  private static ActivationLayer relu() {
    return new ActivationLayer(Activation.RELU);
  }

  private static ActivationLayer tanh() {
    return new ActivationLayer(Activation.TANH);
  }

  private static BatchNormalization norm() {
    return new BatchNormalization.Builder().useLogStd(false).build();
  }

  private static SubsamplingLayer max() {
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
        new Case("merge", w -> w.layer("b", conv(5), "a").vertex("z", new MergeVertex(), "a", "b")),
        new Case(
            "merge of three with ReLU",
            w ->
                w.layer("b", conv(1), "a")
                    .layer("c", max(), "a")
                    .vertex("m", new MergeVertex(), "a", "b", "c")
                    .layer("r", relu(), "m")
                    .layer("z", conv(4), "r")),
        new Case("merge with itself", w -> w.vertex("z", new MergeVertex(), "a", "a")),
        new Case("merge with the input", w -> w.vertex("z", new MergeVertex(), "in", "a")),
        new Case("scale", w -> w.vertex("z", new ScaleVertex(-1.7), "a")),
        new Case(
            "scaled residual",
            w ->
                w.layer("b", conv(6), "a")
                    .vertex("c", new ScaleVertex(0.3), "b")
                    .vertex("s", sum(), "a", "c")
                    .layer("z", relu(), "s")),
        new Case("normalised images", w -> w.vertex("z", new L2NormalizeVertex(), "a")),
        new Case(
            "normalised vectors",
            w ->
                w.layer("b", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), "a")
                    .vertex("z", new L2NormalizeVertex(), "b")),
        new Case("channel attention", w -> withAttention(w, "a", "z")),
        new Case(
            "channel attention, ReLU", w -> withAttention(w, "a", "g").layer("z", relu(), "g")),
        new Case(
            "channel attention, then a norm",
            w -> withAttention(w, "a", "g").layer("z", norm(), "g")),
        new Case(
            "squeeze-and-excitation",
            w ->
                withAttention(w.layer("b", conv(6), "a").layer("c", norm(), "b"), "c", "g")
                    .vertex("s", sum(), "g", "a")
                    .layer("z", relu(), "s")),
        new Case(
            "squeeze-and-excitation, the other way round",
            w ->
                withAttention(w.layer("b", conv(6), "a").layer("c", norm(), "b"), "c", "g")
                    .vertex("s", sum(), "a", "g")
                    .layer("z", relu(), "s")),
        new Case(
            "squeeze-and-excitation beside a projection",
            w ->
                withAttention(w.layer("b", conv(6), "a").layer("c", norm(), "b"), "c", "g")
                    .layer("d", conv(6), "a")
                    .layer("e", norm(), "d")
                    .vertex("s", sum(), "g", "e")
                    .layer("z", relu(), "s")),
        new Case(
            "two attentions, each with a sum",
            w ->
                withAttention(withAttention(w, "a", "g").vertex("s", sum(), "g", "a"), "s", "h")
                    .vertex("z", sum(), "h", "s")),
        new Case(
            "channel attention and the same without",
            w -> withAttention(w, "a", "g").layer("b", conv(6), "a").vertex("z", sum(), "g", "b")),
        new Case(
            "channel attention on the input",
            w ->
                w.layer("m", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), "a")
                    .layer("f", new DenseLayer.Builder().nOut(4).build(), "m")
                    .vertex("z", new ScaleChannelsVertex(), "in", "f")),
        new Case(
            "one attention for two",
            w ->
                withAttention(w.layer("b", conv(6), "a"), "a", "g")
                    .vertex("h", new ScaleChannelsVertex(), "b", "g.sigmoid")
                    .vertex("z", sum(), "g", "h")),
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
                    .layer("z", relu(), "s")),
        new Case(
            "two global pools merged",
            w ->
                w.layer("g", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), "a")
                    .layer("h", new GlobalPoolingLayer.Builder(PoolingType.MAX).build(), "a")
                    .vertex("z", new MergeVertex(), "g", "h")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void outputEqualsStockDeeplearning4j(Case sample) {
    ComputationGraph network = sample.network();
    network.getConfiguration().getNetworkOutputs().add("z");
    ComputationGraph both = new ComputationGraph(network.getConfiguration());
    both.init(network.params(), false);
    Oracle.inference(both, Oracle.TOLERANCE, images(BATCH));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void lossAndGradientsEqualStockDeeplearning4j(Case sample) {
    Oracle.training(
        sample.network(),
        Oracle.TOLERANCE,
        new DataSet(images(BATCH), Samples.labels(3, BATCH, Samples.CLASSES)));
  }

  private static INDArray images(int count) {
    return Samples.images(5, count, 4, 7, 6);
  }

  record Loss(String name, Layer head, INDArray labels) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Loss> losses() {
    int count = 4;
    INDArray hot = Samples.labels(11, count, Samples.CLASSES);
    INDArray soft = hot.mul(0.9).add(0.1 / Samples.CLASSES);
    INDArray real = Samples.images(12, count, Samples.CLASSES);
    INDArray bits = Samples.images(13, count, Samples.CLASSES).gt(0).castTo(real.dataType());
    INDArray signs = bits.mul(2).sub(1);
    INDArray weights = Nd4j.createFromArray(0.5f, 2f, 1f, 0.1f, 3f);
    return Stream.of(
        new Loss("softmax, MCXENT", output(new LossMCXENT(), Activation.SOFTMAX), hot),
        new Loss(
            "softmax, MCXENT, soft labels", output(new LossMCXENT(), Activation.SOFTMAX), soft),
        new Loss("MCXENT with weights", output(new LossMCXENT(weights), Activation.SOFTMAX), hot),
        new Loss("NLL", output(LossFunction.NEGATIVELOGLIKELIHOOD, Activation.SOFTMAX), hot),
        new Loss("MSE", output(LossFunction.MSE, Activation.IDENTITY), real),
        new Loss("MSE with weights", output(new LossMSE(weights), Activation.TANH), real),
        new Loss("L1", output(LossFunction.L1, Activation.IDENTITY), real),
        new Loss("XENT", output(LossFunction.XENT, Activation.SIGMOID), bits),
        new Loss("hinge", output(LossFunction.HINGE, Activation.TANH), signs),
        new Loss(
            "without bias",
            new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(Samples.CLASSES)
                .activation(Activation.SOFTMAX)
                .hasBias(false)
                .build(),
            hot),
        new Loss(
            "loss layer",
            new LossLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).build(),
            hot),
        new Loss(
            "loss layer, MSE",
            new LossLayer.Builder(LossFunction.MSE).activation(Activation.SIGMOID).build(),
            real));
  }

  private static OutputLayer output(LossFunction loss, Activation activation) {
    return new OutputLayer.Builder(loss).nOut(Samples.CLASSES).activation(activation).build();
  }

  private static OutputLayer output(ILossFunction loss, Activation activation) {
    return new OutputLayer.Builder(loss).nOut(Samples.CLASSES).activation(activation).build();
  }

  private static ComputationGraph network(Layer head) {
    return Samples.network(
        Samples.graph()
            .addInputs("in")
            .setInputTypes(IMAGE)
            .addLayer("a", conv(6), "in")
            .addLayer("b", new DenseLayer.Builder().nOut(Samples.CLASSES).build(), "a")
            .addLayer("head", head, "b")
            .setOutputs("head")
            .build(),
        4);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("losses")
  void gradientsOfTheLossEqualStockDeeplearning4j(Loss loss) {
    INDArray images = images(4);
    Oracle.inference(network(loss.head()), Oracle.TOLERANCE, images);
    Oracle.training(network(loss.head()), Oracle.TOLERANCE, new DataSet(images, loss.labels()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("losses")
  void labelMaskExcludesExamples(Loss loss) {
    INDArray mask = Nd4j.createFromArray(new float[][] {{1}, {0}, {1}, {1}});
    Oracle.training(
        network(loss.head()), Oracle.TOLERANCE, new DataSet(images(4), loss.labels(), null, mask));
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

  private static ConvolutionLayer same(int outputs) {
    return new ConvolutionLayer.Builder(3, 3)
        .nOut(outputs)
        .convolutionMode(ConvolutionMode.Same)
        .build();
  }

  private static ComputationGraph twoInTwoOut() {
    return Samples.network(
        Samples.graph()
            .addInputs("images", "facts")
            .setInputTypes(IMAGE, VECTOR)
            .addLayer("a", conv(6), "images")
            .addLayer("g", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), "a")
            .addLayer("d", new DenseLayer.Builder().nOut(5).build(), "facts")
            .addVertex("m", new MergeVertex(), "g", "d")
            .addLayer("r", tanh(), "m")
            .addLayer("kind", Samples.head(), "r")
            .addLayer("size", output(LossFunction.MSE, Activation.IDENTITY), "g")
            .setOutputs("kind", "size")
            .build(),
        5);
  }

  private static MultiDataSet twoAndTwo() {
    return new MultiDataSet(
        new INDArray[] {images(4), Samples.images(6, 4, 6)},
        new INDArray[] {
          Samples.labels(7, 4, Samples.CLASSES), Samples.images(8, 4, Samples.CLASSES)
        });
  }

  @Test
  void severalInputsAndOutputsEqualStockDeeplearning4j() {
    MultiDataSet batch = twoAndTwo();
    Oracle.inference(twoInTwoOut(), Oracle.TOLERANCE, batch.getFeatures());
    Oracle.training(twoInTwoOut(), Oracle.TOLERANCE, batch);
  }

  @Test
  void oneOfTwoOutputsMayHaveALabelMask() {
    MultiDataSet batch = twoAndTwo();
    INDArray mask = Nd4j.createFromArray(new float[][] {{1}, {0}, {0}, {1}});
    INDArray[] masks = {Nd4j.ones(4, 1), mask};
    Oracle.training(
        twoInTwoOut(),
        Oracle.TOLERANCE,
        new MultiDataSet(batch.getFeatures(), batch.getLabels(), null, masks));
  }

  @Test
  void fitOfAMultiDataSetTrainsBothOutputs() {
    MultiDataSet batch = twoAndTwo();
    ComputationGraph stock = twoInTwoOut();
    ComputationGraph fast = OneDnn.accelerate(twoInTwoOut());
    for (int step = 0; step < 3; step++) {
      stock.fit(batch);
      fast.fit(batch);
    }
    Oracle.close("parameters", stock.params(), fast.params(), Oracle.TOLERANCE);
    assertThat(fast.score()).isCloseTo(stock.score(), org.assertj.core.data.Offset.offset(1e-4));
  }

  @Test
  void oneVertexMayFeedTwoOutputs() {
    ComputationGraph network =
        Samples.network(
            Samples.graph()
                .addInputs("in")
                .setInputTypes(IMAGE)
                .addLayer("a", conv(6), "in")
                .addLayer("b", relu(), "a")
                .addLayer("one", Samples.head(), "b")
                .addLayer("two", output(LossFunction.MSE, Activation.TANH), "b")
                .setOutputs("one", "two")
                .build(),
            6);
    MultiDataSet batch =
        new MultiDataSet(
            new INDArray[] {images(4)},
            new INDArray[] {
              Samples.labels(7, 4, Samples.CLASSES), Samples.images(8, 4, Samples.CLASSES)
            });
    Oracle.inference(network, Oracle.TOLERANCE, batch.getFeatures());
    Oracle.training(network, Oracle.TOLERANCE, batch);
  }

  @Test
  void vectorsMayBeReshapedToImagesWithinTheGraph() {
    ComputationGraph network =
        Samples.network(
            Samples.graph()
                .addInputs("in")
                .setInputTypes(VECTOR)
                .addLayer("a", new DenseLayer.Builder().nOut(60).build(), "in")
                .addLayer("b", conv(3), new FeedForwardToCnnPreProcessor(5, 4, 3), "a")
                .addLayer("c", relu(), "b")
                .addLayer("head", Samples.head(), "c")
                .setOutputs("head")
                .build(),
            6);
    DataSet batch = Samples.batch(9, Samples.CLASSES, 4, 6);
    Oracle.inference(network, Oracle.TOLERANCE, batch.getFeatures());
    Oracle.training(network, Oracle.TOLERANCE, batch);
  }

  @Test
  void inputsMayBeViewsOrHaveAnotherMemoryOrder() {
    ComputationGraph network = cases().toList().get(0).network();
    INDArray images = images(4);
    INDArray expected = Oracle.exact(network).output(Oracle.doubles(images))[0];
    INDArray padded = Samples.images(1, 6, 5, 7, 6);
    INDArray view =
        padded.get(
            org.nd4j.linalg.indexing.NDArrayIndex.interval(1, 5),
            org.nd4j.linalg.indexing.NDArrayIndex.interval(1, 5),
            org.nd4j.linalg.indexing.NDArrayIndex.all(),
            org.nd4j.linalg.indexing.NDArrayIndex.all());
    view.assign(images);
    INDArray channelsLast = images.permute(0, 2, 3, 1).dup('c').permute(0, 3, 1, 2);
    List<INDArray> same =
        List.of(images, view, images.dup('f'), channelsLast, Oracle.doubles(images)[0]);
    try (CompiledNetwork compiled =
        OneDnn.compile(network, CompileOptions.inference().precision(Precision.FP32))) {
      for (INDArray input : same) {
        Oracle.close("head", expected, compiled.output(input), Oracle.TOLERANCE);
      }
    }
    ComputationGraph fast = OneDnn.accelerate(network);
    INDArray labels = Samples.labels(3, 4, Samples.CLASSES);
    for (INDArray input : same) {
      if (input.dataType() == images.dataType()) {
        Oracle.training(
            network,
            fast,
            Oracle.TOLERANCE,
            new MultiDataSet(new INDArray[] {input}, new INDArray[] {labels}));
      }
    }
  }
}
