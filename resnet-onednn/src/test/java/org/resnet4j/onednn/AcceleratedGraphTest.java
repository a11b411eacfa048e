package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/**
 * An accelerated graph is a {@code ComputationGraph} in all that its users and listeners observe.
 */
class AcceleratedGraphTest {
  static final long[] SHAPE = {8, 3, 8, 8};

  /** The tolerance after fifty steps, which amplify rounding; a wrong step is off by far more. */
  static final Oracle.Tolerance MANY_STEPS = new Oracle.Tolerance(2e-3, 0);

  static ConvolutionLayer.Builder conv() {
    return new ConvolutionLayer.Builder(3, 3).padding(1, 1).nOut(6);
  }

  /** Returns a network of a convolution, norm, ReLU, a residual block and a head. */
  static ComputationGraph network(NeuralNetConfiguration.Builder base) {
    BatchNormalization norm = new BatchNormalization.Builder().useLogStd(false).build();
    ComputationGraphConfiguration configuration =
        base.activation(Activation.IDENTITY)
            .graphBuilder()
            .addInputs("in")
            .setInputTypes(InputType.convolutional(8, 8, 3))
            .addLayer("a", conv().hasBias(false).build(), "in")
            .addLayer("a.bn", norm, "a")
            .addLayer("a.relu", new ActivationLayer(Activation.RELU), "a.bn")
            .addLayer("b", conv().build(), "a.relu")
            .addLayer("b.bn", new BatchNormalization.Builder().build(), "b")
            .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "a.relu", "b.bn")
            .addLayer("relu", new ActivationLayer(Activation.RELU), "sum")
            .addLayer("pool", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), "relu")
            .addLayer("head", Samples.head(), "pool")
            .setOutputs("head")
            .build();
    return Samples.network(configuration, 1);
  }

  static NeuralNetConfiguration.Builder base() {
    return Samples.base();
  }

  static NeuralNetConfiguration.Builder momentum() {
    return base().updater(new Nesterovs(0.02, 0.9));
  }

  static List<DataSet> batches(int count) {
    List<DataSet> batches = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      batches.add(Samples.batch(100 + i, Samples.CLASSES, SHAPE));
    }
    return batches;
  }

  static void fit(ComputationGraph network, List<DataSet> batches) {
    batches.forEach(batch -> network.fit(batch.copy()));
  }

  record Setup(String name, NeuralNetConfiguration.Builder base) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Setup> setups() {
    return Stream.of(
        new Setup("SGD", base().updater(new Sgd(0.05))),
        new Setup("Nesterov and L2", momentum().l2(1e-3)),
        new Setup(
            "Adam, L1 and weight decay", base().updater(new Adam(1e-3)).l1(1e-4).weightDecay(1e-2)),
        new Setup(
            "a schedule",
            base().updater(new Sgd(new StepSchedule(ScheduleType.ITERATION, 0.1, 0.5, 10)))),
        new Setup("not divided by the batch", base().updater(new Sgd(1e-3)).miniBatch(false)),
        new Setup(
            "clipped gradients",
            momentum()
                .gradientNormalization(GradientNormalization.ClipL2PerLayer)
                .gradientNormalizationThreshold(0.5)),
        new Setup("a constraint", momentum().constrainWeights(new MaxNormConstraint(0.5, 1))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("setups")
  void fiftyTrainingStepsEqualStockDeeplearning4j(Setup setup) {
    ComputationGraph network = network(setup.base());
    ComputationGraph exact = Oracle.exact(network);
    ComputationGraph fast = OneDnn.accelerate(network);
    for (DataSet batch : batches(50)) {
      fast.fit(batch);
      DataSet doubles =
          new DataSet(Oracle.doubles(batch.getFeatures())[0], Oracle.doubles(batch.getLabels())[0]);
      exact.fit(doubles);
    }
    assertThat(fast.score()).isCloseTo(exact.score(), within(1e-3));
    Map<String, INDArray> expected = exact.paramTable();
    // A norm cancels this bias: its gradient is a rounding error, which Adam makes large.
    expected.remove("b_b");
    expected.forEach((name, value) -> Oracle.close(name, value, fast.getParam(name), MANY_STEPS));
  }

  @Test
  void parametersAreSharedWithTheSourceGraph() {
    ComputationGraph network = network(momentum());
    ComputationGraph fast = OneDnn.accelerate(network);
    fit(fast, batches(2));
    assertThat(network.params()).isEqualTo(fast.params());
    assertThat(fast.getIterationCount()).isEqualTo(2);
  }

  @Test
  void learningRateMayChangeDuringTraining() {
    ComputationGraph stock = network(momentum());
    ComputationGraph fast = OneDnn.accelerate(network(momentum()));
    for (ComputationGraph each : List.of(stock, fast)) {
      fit(each, batches(3));
      each.setLearningRate(0.001);
      fit(each, batches(3));
      assertThat(each.getLearningRate("a")).isEqualTo(0.001);
    }
    Oracle.close("parameters", stock.params(), fast.params(), Oracle.TOLERANCE);
  }

  @Test
  void evaluationWithASmallerLastBatchEqualsStockDeeplearning4j() {
    ComputationGraph network = network(base());
    ComputationGraph fast = OneDnn.accelerate(network(base()));
    DataSet all = Samples.batch(3, Samples.CLASSES, 52, 3, 8, 8);
    DataSetIterator iterator = new ListDataSetIterator<>(all.asList(), 8);
    Evaluation expected = network.evaluate(iterator);
    Evaluation actual = fast.evaluate(iterator);
    assertThat(actual.getConfusionMatrix().toCSV())
        .isEqualTo(expected.getConfusionMatrix().toCSV());
    assertThat(actual.getNumRowCounter()).isEqualTo(52);
    assertThat(fast.score(all)).isCloseTo(network.score(all), within(1e-5));
  }

  @Test
  void epochWithASmallerLastBatchEqualsStockDeeplearning4j() {
    DataSet all = Samples.batch(3, Samples.CLASSES, 21, 3, 8, 8);
    ComputationGraph stock = network(momentum());
    ComputationGraph fast = OneDnn.accelerate(network(momentum()));
    for (ComputationGraph each : List.of(stock, fast)) {
      each.fit(new ListDataSetIterator<>(all.asList(), 8), 3);
      assertThat(each.getEpochCount()).isEqualTo(3);
    }
    Oracle.close("parameters", stock.params(), fast.params(), new Oracle.Tolerance(1e-3, 0));
  }

  @Test
  void graphMayBeAcceleratedDuringTraining() {
    ComputationGraph stock = network(momentum());
    fit(stock, batches(3));
    ComputationGraph fast = OneDnn.accelerate(stock.clone());
    fit(stock, batches(3));
    fit(fast, batches(3));
    Oracle.close("parameters", stock.params(), fast.params(), new Oracle.Tolerance(1e-3, 0));
  }

  @Test
  void outputUsesTheCurrentParameters() {
    ComputationGraph fast = OneDnn.accelerate(network(momentum()));
    INDArray images = Samples.images(4, SHAPE);
    INDArray first = fast.outputSingle(images);
    requireCurrent(fast, images);
    fit(fast, batches(1));
    requireCurrent(fast, images);
    assertThat(fast.outputSingle(images)).isNotEqualTo(first);
    fast.params().muli(0.9);
    requireCurrent(fast, images);
    fast.setParam("a_W", fast.getParam("a_W").mul(1.1));
    requireCurrent(fast, images);
    fast.getParam("b.bn_log10stdev").addi(0.1);
    requireCurrent(fast, images);
    fast.setParams(fast.params().mul(1.05));
    requireCurrent(fast, images);
  }

  static void requireCurrent(ComputationGraph fast, INDArray images) {
    INDArray expected = Oracle.exact(fast).output(Oracle.doubles(images))[0];
    Oracle.close("output", expected, fast.outputSingle(images), Oracle.TOLERANCE);
  }

  @Test
  void feedForwardReturnsTheActivationsOfAllVertices() {
    ComputationGraph fast = OneDnn.accelerate(network(momentum()));
    INDArray images = Samples.images(4, SHAPE);
    Map<String, INDArray> activations = fast.feedForward(images, false);
    assertThat(activations).containsKeys("a", "a.relu", "sum", "head");
    Oracle.close(
        "output",
        java.util.Objects.requireNonNull(activations.get("head")),
        fast.outputSingle(images),
        Oracle.TOLERANCE);
  }

  @Test
  void trainingIsBitForBitReproducibleForEqualSeeds() {
    // INDArray.equals is not used, because it tolerates 1e-5.
    assertThat(trained().ravel().toFloatVector()).isEqualTo(trained().ravel().toFloatVector());
  }

  private static INDArray trained() {
    ComputationGraph fast = OneDnn.accelerate(network(momentum()));
    fast.fit(
        new ListDataSetIterator<>(Samples.batch(3, Samples.CLASSES, 21, 3, 8, 8).asList(), 8), 3);
    return fast.params();
  }
}
