package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingGraphTrainer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
  private static final long[] SHAPE = {8, 3, 8, 8};

  /** The tolerance after fifty steps, which amplify rounding; a wrong step is off by far more. */
  private static final Oracle.Tolerance MANY_STEPS = new Oracle.Tolerance(2e-3, 0);

  private static ConvolutionLayer.Builder conv() {
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

  private static NeuralNetConfiguration.Builder base() {
    return Samples.base();
  }

  private static NeuralNetConfiguration.Builder momentum() {
    return base().updater(new Nesterovs(0.02, 0.9));
  }

  private static List<DataSet> batches(int count) {
    List<DataSet> batches = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      batches.add(Samples.batch(100 + i, Samples.CLASSES, SHAPE));
    }
    return batches;
  }

  private static void fit(ComputationGraph network, List<DataSet> batches) {
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
  void listenerCallsEqualStockDeeplearning4j() {
    List<String> stock = seen(network(momentum()));
    List<String> fast = seen(OneDnn.accelerate(network(momentum())));
    assertThat(fast).isEqualTo(stock);
  }

  private static List<String> seen(ComputationGraph network) {
    List<String> seen = new ArrayList<>();
    network.setListeners(
        new BaseTrainingListener() {
          @Override
          public void onEpochStart(Model model) {
            seen.add("epoch start");
          }

          @Override
          public void onEpochEnd(Model model) {
            seen.add("epoch end");
          }

          @Override
          public void onForwardPass(Model model, Map<String, INDArray> activations) {
            seen.add("forward");
          }

          @Override
          public void onBackwardPass(Model model) {
            seen.add("backward");
          }

          @Override
          public void onGradientCalculation(Model model) {
            double norm = model.gradient().getGradientFor("a_W").norm2Number().doubleValue();
            seen.add("gradient of a " + String.format(Locale.ROOT, "%.3f", norm));
          }

          @Override
          public void iterationDone(Model model, int iteration, int epoch) {
            seen.add(
                String.format(
                    Locale.ROOT,
                    "iteration %s of epoch %s: %.4f",
                    iteration,
                    epoch,
                    model.score()));
          }
        });
    network.fit(new ListDataSetIterator<>(batches(3), 1), 2);
    return seen;
  }

  /** The tolerance is 1e-5 of the largest activation, because sums have another order. */
  @Test
  void listenersReceiveTheActivationsKeptForTheBackwardPass() {
    Map<String, INDArray> stock = activations(network(momentum()));
    Map<String, INDArray> fast = activations(OneDnn.accelerate(network(momentum())));
    assertThat(fast).containsOnlyKeys("a", "a.relu", "b", "relu", "pool");
    fast.forEach(
        (vertex, activation) -> {
          INDArray expected = Objects.requireNonNull(stock.get(vertex), vertex);
          assertThat(activation.shape()).isEqualTo(expected.shape());
          double largest = expected.amaxNumber().doubleValue();
          assertThat(activation.sub(expected).amaxNumber().doubleValue() / largest)
              .as(vertex)
              .isLessThan(1e-5);
        });
  }

  /** The sums are those of Deeplearning4j's own layer in another order. */
  @Test
  void listenersMayReadTheOutputDuringAStep() {
    AcceleratedGraph fast = (AcceleratedGraph) OneDnn.accelerate(network(momentum()));
    List<INDArray> asked = new ArrayList<>();
    fast.setListeners(
        new BaseTrainingListener() {
          @Override
          public void onBackwardPass(Model model) {
            INDArray layers =
                fast.getOutputLayer(0).activate(true, LayerWorkspaceMgr.noWorkspaces());
            INDArray output = Objects.requireNonNull(fast.outputOfStep());
            Oracle.close("output", layers, output, new Oracle.Tolerance(1e-6, 0));
            asked.add(output);
          }
        });
    fit(fast, batches(2));
    assertThat(asked).hasSize(2);
    assertThat(fast.outputOfStep()).as("between steps").isNull();
  }

  /** The 32 channels are two blocks of the activation layout on AVX-512. */
  @Test
  void listenersReceiveBlockedActivationsAsStockDeeplearning4jGivesThem() {
    Map<String, INDArray> stock = activations(blocks());
    Map<String, INDArray> fast = activations(OneDnn.accelerate(blocks()));
    assertThat(fast).containsKey("layer1");
    fast.forEach(
        (vertex, activation) ->
            Oracle.close(
                vertex,
                Objects.requireNonNull(stock.get(vertex), vertex),
                activation,
                Oracle.TOLERANCE));
  }

  private static ComputationGraph blocks() {
    return Samples.network(
        Samples.chain(
            InputType.convolutional(8, 8, 3),
            new ConvolutionLayer.Builder(3, 3).padding(1, 1).nOut(32).build(),
            new ActivationLayer(Activation.RELU),
            new ConvolutionLayer.Builder(3, 3).padding(1, 1).nOut(32).build()),
        4);
  }

  private static Map<String, INDArray> activations(ComputationGraph network) {
    Map<String, INDArray> copies = new HashMap<>();
    List<Map<String, INDArray>> given = new ArrayList<>();
    network.setListeners(
        new BaseTrainingListener() {
          @Override
          public void onForwardPass(Model model, Map<String, INDArray> activations) {
            given.add(activations);
            for (Map.Entry<String, INDArray> one : activations.entrySet()) {
              copies.put(one.getKey(), one.getValue().dup());
            }
          }
        });
    fit(network, batches(1));
    if (network instanceof AcceleratedGraph) {
      assertThat(given.get(0)).as("after the step their memory is used again").isEmpty();
    }
    return copies;
  }

  @Test
  void scoresEqualStockDeeplearning4j() {
    List<Double> stock = scores(network(momentum().l2(0.01)));
    List<Double> fast = scores(OneDnn.accelerate(network(momentum().l2(0.01))));
    assertThat(fast).hasSize(6);
    for (int i = 0; i < 6; i++) {
      assertThat(fast.get(i)).isCloseTo(stock.get(i), within(1e-4));
    }
  }

  private static List<Double> scores(ComputationGraph network) {
    List<Double> scores = new ArrayList<>();
    network.setListeners(
        new BaseTrainingListener() {
          @Override
          public void iterationDone(Model model, int iteration, int epoch) {
            scores.add(model.score());
          }
        });
    network.fit(new ListDataSetIterator<>(batches(6), 1));
    return scores;
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
  void earlyStoppingStopsAtTheSameEpochAsStockDeeplearning4j() {
    EarlyStoppingResult<ComputationGraph> stock = stopped(network(momentum()));
    EarlyStoppingResult<ComputationGraph> fast = stopped(OneDnn.accelerate(network(momentum())));
    assertThat(fast.getBestModelEpoch()).isEqualTo(stock.getBestModelEpoch());
    assertThat(fast.getBestModelScore()).isCloseTo(stock.getBestModelScore(), within(1e-3));
    Oracle.close(
        "best model",
        stock.getBestModel().params(),
        fast.getBestModel().params(),
        new Oracle.Tolerance(1e-3, 0));
  }

  private static EarlyStoppingResult<ComputationGraph> stopped(ComputationGraph network) {
    DataSetIterator validation =
        new ListDataSetIterator<>(Samples.batch(9, Samples.CLASSES, SHAPE).asList(), 8);
    EarlyStoppingConfiguration<ComputationGraph> configuration =
        new EarlyStoppingConfiguration.Builder<ComputationGraph>()
            .modelSaver(new InMemoryModelSaver<>())
            .scoreCalculator(new DataSetLossCalculator(validation, true))
            .epochTerminationConditions(new MaxEpochsTerminationCondition(4))
            .build();
    DataSetIterator training = new ListDataSetIterator<>(batches(3), 1);
    return new EarlyStoppingGraphTrainer(configuration, network, training).fit();
  }

  @Test
  void savedModelContinuesTrainingInStockDeeplearning4j(@TempDir Path directory) throws Exception {
    File file = directory.resolve("model.zip").toFile();
    ComputationGraph stock = network(momentum());
    ComputationGraph fast = OneDnn.accelerate(network(momentum()));
    fit(stock, batches(3));
    fit(fast, batches(3));
    ModelSerializer.writeModel(fast, file, true);
    ComputationGraph restored = ModelSerializer.restoreComputationGraph(file, true);
    assertThat(restored.getClass()).isEqualTo(ComputationGraph.class);
    assertThat(restored.params()).isEqualTo(fast.params());
    fit(stock, batches(5));
    fit(restored, batches(5));
    Oracle.close("parameters", stock.params(), restored.params(), new Oracle.Tolerance(1e-3, 0));
    Oracle.close(
        "momentum",
        stock.getUpdater().getStateViewArray(),
        restored.getUpdater().getStateViewArray(),
        new Oracle.Tolerance(1e-2, 0));
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
  void cloneIsAcceleratedAndTrainsIndependently() {
    ComputationGraph stock = network(momentum());
    ComputationGraph fast = OneDnn.accelerate(network(momentum()));
    fit(stock, batches(2));
    fit(fast, batches(2));
    ComputationGraph copy = fast.clone();
    assertThat(copy).isInstanceOf(AcceleratedGraph.class);
    INDArray before = fast.params().dup();
    fit(stock, batches(3));
    fit(copy, batches(3));
    assertThat(fast.params()).isEqualTo(before);
    assertThat(copy.params()).isNotEqualTo(before);
    Oracle.close("parameters", stock.params(), copy.params(), new Oracle.Tolerance(1e-3, 0));
    INDArray images = Samples.images(4, SHAPE);
    requireCurrent(fast, images);
    requireCurrent(copy, images);
    fast.close();
    fit(copy, batches(1));
  }

  private static OutputLayer head(int features) {
    OutputLayer head = Samples.head();
    head.setNIn(features);
    return head;
  }

  /** Deeplearning4j's clone loses the axes of merges. */
  @Test
  void cloneKeepsTheAxesOfMerges() {
    MergeVertex rows = new MergeVertex();
    rows.setMergeAxis(2);
    ComputationGraph network =
        Samples.network(
            Samples.graph()
                .addInputs("in")
                .addLayer("a", conv().nIn(3).nOut(3).build(), "in")
                .addVertex("merge", rows, "a", "in")
                .addLayer("pool", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), "merge")
                .addLayer("head", head(3), "pool")
                .setOutputs("head")
                .build(),
            1);
    ComputationGraph fast = OneDnn.accelerate(network);
    INDArray images = Samples.images(4, SHAPE);
    assertThat(fast.clone().outputSingle(images)).isEqualTo(fast.outputSingle(images));
  }

  @Test
  void transferLearningOfAnAcceleratedGraphEqualsStockDeeplearning4j() {
    ComputationGraph stock = tuned(network(momentum()));
    ComputationGraph fast = OneDnn.accelerate(tuned(OneDnn.accelerate(network(momentum()))));
    fit(stock, batches(3));
    fit(fast, batches(3));
    Oracle.close("parameters", stock.params(), fast.params(), new Oracle.Tolerance(1e-3, 0));
  }

  private static ComputationGraph tuned(ComputationGraph network) {
    return new TransferLearning.GraphBuilder(network).setFeatureExtractor("a.relu").build();
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

  private static void requireCurrent(ComputationGraph fast, INDArray images) {
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
