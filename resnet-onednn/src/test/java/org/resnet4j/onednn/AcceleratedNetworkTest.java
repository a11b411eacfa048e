package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.resnet4j.train.Accelerated;

/**
 * An accelerated {@code MultiLayerNetwork} is one in all that its users and listeners observe. The
 * tolerance of 1e-3 after several steps covers amplified rounding of single precision.
 */
class AcceleratedNetworkTest {
  static final long[] SHAPE = {8, 3, 8, 8};
  static final Oracle.Tolerance STEPS = new Oracle.Tolerance(1e-3, 0);

  private static ConvolutionLayer.Builder conv() {
    return new ConvolutionLayer.Builder(3, 3).padding(1, 1).nOut(6);
  }

  static MultiLayerNetwork network(NeuralNetConfiguration.Builder base) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            base.activation(Activation.IDENTITY)
                .list()
                .layer(conv().name("first").hasBias(false).build())
                .layer(new BatchNormalization.Builder().useLogStd(false).build())
                .layer(conv().activation(Activation.RELU).build())
                .layer(
                    new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX, new int[] {2, 2})
                        .stride(2, 2)
                        .build())
                .layer(new DenseLayer.Builder().nOut(7).activation(Activation.TANH).build())
                .layer(Samples.head())
                .setInputType(InputType.convolutional(8, 8, 3))
                .build());
    network.init();
    return network;
  }

  static MultiLayerNetwork network() {
    return network(Samples.base().updater(new Nesterovs(0.02, 0.9)));
  }

  static DataSet batch(int seed) {
    return Samples.batch(seed, Samples.CLASSES, SHAPE);
  }

  static List<DataSet> batches(int count) {
    List<DataSet> batches = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      batches.add(batch(100 + i));
    }
    return batches;
  }

  static void fit(MultiLayerNetwork network, int count) {
    batches(count).forEach(network::fit);
  }

  record Setup(String name, NeuralNetConfiguration.Builder base) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Setup> setups() {
    return Stream.of(
        new Setup("SGD", Samples.base().updater(new Sgd(0.05))),
        new Setup("Nesterov and L2", Samples.base().updater(new Nesterovs(0.02, 0.9)).l2(1e-3)),
        new Setup("Adam and weight decay", Samples.base().updater(new Adam(1e-3)).weightDecay(0.1)),
        new Setup("not divided by the batch", Samples.base().miniBatch(false)),
        new Setup(
            "clipped gradients",
            Samples.base()
                .gradientNormalization(GradientNormalization.ClipL2PerLayer)
                .gradientNormalizationThreshold(0.5)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("setups")
  void trainingStepsEqualStockDeeplearning4j(Setup setup) {
    MultiLayerNetwork stock = network(setup.base());
    MultiLayerNetwork fast = OneDnn.accelerate(stock.clone());
    for (DataSet batch : batches(10)) {
      stock.fit(batch);
      fast.fit(batch);
      assertThat(fast.score()).isCloseTo(stock.score(), within(1e-3 * Math.abs(stock.score())));
    }
    assertThat(Accelerated.STOCK).isNotEqualTo(((AcceleratedNetwork) fast).engine());
    Oracle.close("parameters", stock.params(), fast.params(), STEPS);
    Oracle.close("gradient", stock.getGradientsViewArray(), fast.getGradientsViewArray(), STEPS);
  }

  /** Both have fused updaters, and one order of parameters and state. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("setups")
  void trainingStepsEqualThoseOfAnAcceleratedGraphBitForBit(Setup setup) {
    MultiLayerNetwork network = network(setup.base());
    ComputationGraph graph = OneDnn.accelerate(ChainGraph.of(network.clone()));
    MultiLayerNetwork fast = OneDnn.accelerate(network);
    for (DataSet batch : batches(10)) {
      graph.fit(batch);
      fast.fit(batch);
    }
    assertThat(fast.params().toFloatVector()).isEqualTo(graph.params().toFloatVector());
    assertThat(((Accelerated) fast).isFinite()).isEqualTo(((Accelerated) graph).isFinite());
    INDArray state = graph.getUpdater().getStateViewArray();
    if (state != null) {
      assertThat(fast.getUpdater().getStateViewArray().toFloatVector())
          .isEqualTo(state.toFloatVector());
    }
  }

  @Test
  void clearedNetworkForgetsItsMomentumAsStockDeeplearning4j() {
    MultiLayerNetwork stock = network();
    MultiLayerNetwork fast = OneDnn.accelerate(network());
    for (MultiLayerNetwork each : List.of(stock, fast)) {
      fit(each, 3);
      each.clear();
      fit(each, 1);
    }
    Oracle.close("parameters", stock.params(), fast.params(), STEPS);
    assertThat(((Accelerated) fast).isFinite()).isTrue();
  }

  @Test
  void epochsAndEvaluationEqualStockDeeplearning4j() {
    DataSetIterator iterator =
        new ListDataSetIterator<>(Samples.batch(3, Samples.CLASSES, 21, 3, 8, 8).asList(), 8);
    MultiLayerNetwork stock = network();
    MultiLayerNetwork fast = OneDnn.accelerate(network());
    for (MultiLayerNetwork each : List.of(stock, fast)) {
      each.fit(iterator, 3);
      assertThat(each.getEpochCount()).isEqualTo(3);
      assertThat(each.getIterationCount()).isEqualTo(9);
    }
    Oracle.close("parameters", stock.params(), fast.params(), STEPS);
    Evaluation expected = stock.evaluate(iterator);
    Evaluation actual = fast.evaluate(iterator);
    assertThat(actual.getConfusionMatrix().toCSV())
        .isEqualTo(expected.getConfusionMatrix().toCSV());
    assertThat(fast.score(batch(1))).isCloseTo(stock.score(batch(1)), within(1e-3));
  }

  @Test
  void outputsOfAcceleratedAndCompiledNetworksEqualStockDeeplearning4j() {
    MultiLayerNetwork network = network();
    INDArray images = Samples.images(4, SHAPE);
    INDArray expected = network.output(images);
    Oracle.close("output", expected, OneDnn.accelerate(network).output(images), Oracle.TOLERANCE);
    CompileOptions options = CompileOptions.inference().precision(Precision.FP32);
    try (CompiledNetwork compiled = OneDnn.compile(network, options)) {
      network.params().muli(0.5);
      Oracle.close("a frozen copy", expected, compiled.output(images), Oracle.TOLERANCE);
    }
  }

  @Test
  void parametersConfigurationAndCountsAreShared() {
    MultiLayerNetwork network = network();
    MultiLayerNetwork fast = OneDnn.accelerate(network);
    fit(fast, 2);
    assertThat(network.params()).isEqualTo(fast.params());
    assertThat(network.getIterationCount()).isEqualTo(2);
    network.params().muli(0.9);
    INDArray images = Samples.images(4, SHAPE);
    Oracle.close("output", network.output(images), fast.output(images), Oracle.TOLERANCE);
  }

  @Test
  void learningRateMayChangeDuringTraining() {
    MultiLayerNetwork stock = network();
    MultiLayerNetwork fast = OneDnn.accelerate(network());
    for (MultiLayerNetwork each : List.of(stock, fast)) {
      fit(each, 2);
      each.setLearningRate(0.001);
      fit(each, 2);
    }
    Oracle.close("parameters", stock.params(), fast.params(), STEPS);
  }

  @Test
  void masksOfLabelsAreAppliedAndMasksOfFeaturesRefused() {
    MultiLayerNetwork stock = network();
    MultiLayerNetwork fast = OneDnn.accelerate(network());
    DataSet batch = batch(1);
    batch.setLabelsMaskArray(Nd4j.createFromArray(1f, 0, 1, 1, 0, 1, 1, 1).reshape(8, 1));
    for (MultiLayerNetwork each : List.of(stock, fast)) {
      each.fit(batch);
      fit(each, 1);
    }
    Oracle.close("parameters", stock.params(), fast.params(), STEPS);
    DataSet masked = batch(1);
    masked.setFeaturesMaskArray(Nd4j.ones(8, 1, 1, 1));
    assertThatThrownBy(() -> fast.fit(masked))
        .isInstanceOf(UnsupportedGraphException.class)
        .hasMessageContaining("a mask of the features");
  }

  @Test
  void unsupportedLayersAreNamedByNumberOrFallBack() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            Samples.base()
                .list()
                .layer(conv().build())
                .layer(conv().activation(Activation.CUBE).build())
                .layer(conv().activation(Activation.RATIONALTANH).build())
                .layer(Samples.head())
                .setInputType(InputType.convolutional(8, 8, 3))
                .build());
    network.init();
    assertThatThrownBy(() -> OneDnn.accelerate(network))
        .isInstanceOf(UnsupportedGraphException.class)
        .hasMessageStartingWith("2 vertices are not supported by the oneDNN engine:")
        .hasMessageContaining("vertex \"1\": the activation cube (ConvolutionLayer)");
    assertThat(OneDnn.accelerate(network, CompileOptions.training().orFallBack()))
        .isSameAs(network);
    network.getLayerWiseConfigurations().setBackpropType(BackpropType.TruncatedBPTT);
    assertThatThrownBy(() -> OneDnn.accelerate(network))
        .hasMessageContaining("truncated back-propagation");
  }

  @Test
  void closedNetworkIsRefusedAndItsSourceKeepsTraining() {
    MultiLayerNetwork source = network();
    MultiLayerNetwork fast = OneDnn.accelerate(source);
    fit(fast, 1);
    fast.close();
    assertThatThrownBy(() -> fit(fast, 1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> fast.output(Samples.images(4, SHAPE)))
        .isInstanceOf(IllegalStateException.class);
    fit(source, 1);
  }

  /** Parameters and gradients have one order in both kinds of network. */
  @Test
  void graphOfANetworkHasItsParameters() {
    MultiLayerNetwork network = network();
    ComputationGraph graph = ChainGraph.of(network);
    assertThat(graph.paramTable().keySet()).isEqualTo(network.paramTable().keySet());
    graph
        .paramTable()
        .forEach((name, value) -> assertThat(value).isEqualTo(network.getParam(name)));
    network.params().muli(2);
    assertThat(graph.params()).isEqualTo(network.params());
  }
}
