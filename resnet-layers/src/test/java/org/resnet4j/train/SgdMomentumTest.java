package org.resnet4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import java.util.stream.StreamSupport;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

class SgdMomentumTest {
  private static final Schedule STEPPED =
      new Schedule.MultiStep(ScheduleType.ITERATION, 0.1, List.of(30, 60), 0.1);

  /**
   * The goldens are made by {@code src/test/python/sgd_momentum_golden.py}. Both sides compute in
   * double precision.
   */
  @Test
  void hundredStepsWithASteppedRateAndWeightDecayEqualPyTorch() throws IOException {
    JsonNode golden = golden("sgd-momentum.json");
    ComputationGraph graph = graph(new SgdMomentum(STEPPED, 0.9), DataType.DOUBLE);
    golden
        .get("initial")
        .fields()
        .forEachRemaining(entry -> parameter(graph, entry).assign(values(entry, graph)));
    INDArray images = vector(golden.get("images")).reshape('c', 16, 2, 5, 5);
    INDArray labels = oneHot(golden.get("labels"));

    for (int step = 1; step <= 100; step++) {
      int first = step % 2 == 1 ? 0 : 8;
      graph.fit(
          new DataSet(
              images.get(NDArrayIndex.interval(first, first + 8)),
              labels.get(NDArrayIndex.interval(first, first + 8))));
      JsonNode expected = golden.get("after").get(Integer.toString(step));
      if (expected != null) {
        for (Map.Entry<String, JsonNode> entry :
            (Iterable<Map.Entry<String, JsonNode>>) expected::fields) {
          INDArray difference = parameter(graph, entry).sub(values(entry, graph));
          assertThat(difference.amaxNumber().doubleValue())
              .as("%s after %d steps", entry.getKey(), step)
              .isLessThan(1e-9);
        }
      }
    }
  }

  @Test
  void updateEqualsTheFormulaOfSgdWithMomentum() {
    INDArray state = Nd4j.createFromArray(9f, 9f);
    GradientUpdater<?> updater = new SgdMomentum(0.5, 0.9).instantiate(state, true);
    INDArray gradient = Nd4j.createFromArray(2f, -4f);
    updater.applyUpdater(gradient, 0, 0);
    assertThat(gradient.toFloatVector()).containsExactly(1f, -2f);
    gradient.assign(1);
    updater.applyUpdater(gradient, 1, 0);
    assertThat(state.toFloatVector()).containsExactly(2.8f, -2.6f);
    assertThat(gradient.toFloatVector()).containsExactly(1.4f, -1.3f);
    assertThat(updater.getState()).containsOnlyKeys("V");
  }

  @Test
  void configurationRoundTripsThroughJson() {
    for (SgdMomentum updater : List.of(new SgdMomentum(STEPPED, 0.9), new SgdMomentum(0.3, 0.5))) {
      ComputationGraphConfiguration configuration =
          graph(updater, DataType.FLOAT).getConfiguration();
      ComputationGraphConfiguration read =
          ComputationGraphConfiguration.fromJson(configuration.toJson());
      assertThat(read).isEqualTo(configuration);
      assertThat(updaterOf(new ComputationGraph(read))).isEqualTo(updater);
    }
  }

  @Test
  void savedModelContinuesTrainingBitForBit(@TempDir Path directory) throws IOException {
    ComputationGraph graph = graph(new SgdMomentum(STEPPED, 0.9), DataType.FLOAT);
    DataSet batch =
        new DataSet(
            Nd4j.rand(DataType.FLOAT, 8, 2, 5, 5), Nd4j.eye(3).get(NDArrayIndex.indices(cycle(8))));
    graph.fit(batch);
    File file = directory.resolve("model.zip").toFile();
    ModelSerializer.writeModel(graph, file, true);
    ComputationGraph restored = ModelSerializer.restoreComputationGraph(file, true);
    for (int step = 0; step < 3; step++) {
      graph.fit(batch);
      restored.fit(batch);
    }
    assertThat(restored.params()).isEqualTo(graph.params());
    assertThat(restored.getUpdater().getStateViewArray())
        .isEqualTo(graph.getUpdater().getStateViewArray());
    assertThat(restored.getIterationCount()).isEqualTo(4);
  }

  @Test
  void oldConfigurationWithHeavyBallIsReadAsSgdMomentum() {
    ComputationGraph graph = graph(new SgdMomentum(STEPPED, 0.9), DataType.FLOAT);
    String json =
        graph.getConfiguration().toJson().replace(".train.SgdMomentum\"", ".train.HeavyBall\"");
    assertThat(json).contains("org.resnet4j.train.HeavyBall");
    IUpdater restored =
        updaterOf(new ComputationGraph(ComputationGraphConfiguration.fromJson(json)));
    assertThat(restored).isEqualTo(new SgdMomentum(STEPPED, 0.9));
    assertThat(restored.clone()).isExactlyInstanceOf(SgdMomentum.class);
  }

  @Test
  void learningRateCanBeReplaced() {
    ComputationGraph graph = graph(new SgdMomentum(STEPPED, 0.9), DataType.FLOAT);
    graph.setLearningRate(0.25);
    assertThat(graph.getLearningRate("out")).isEqualTo(0.25);
    graph.setLearningRate(STEPPED);
    assertThat(updaterOf(graph)).isEqualTo(new SgdMomentum(STEPPED, 0.9));
  }

  @Test
  void layersWithEqualUpdatersAreUpdatedInOneBlock() {
    ComputationGraph graph = graph(new SgdMomentum(STEPPED, 0.9), DataType.FLOAT);
    // Batch norm's mean and variance have an updater of their own between the two.
    assertThat(graph.getUpdater().getUpdaterBlocks()).hasSize(3);
  }

  @Test
  void updaterSupportsEqualsCloneAndSerialisation() throws Exception {
    SgdMomentum updater = new SgdMomentum(STEPPED, 0.9);
    assertThat(updater.clone()).isEqualTo(updater).isNotSameAs(updater).hasSameHashCodeAs(updater);
    assertThat(updater)
        .isNotEqualTo(new SgdMomentum(STEPPED, 0.8))
        .isNotEqualTo(new SgdMomentum(0.1, 0.9));
    var bytes = new ByteArrayOutputStream();
    try (var out = new ObjectOutputStream(bytes)) {
      out.writeObject(updater);
    }
    try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(in.readObject()).isEqualTo(updater);
    }
  }

  @Test
  void momentumOfOneIsRefused() {
    assertThatThrownBy(() -> new SgdMomentum(0.1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("momentum: expected a value in [0, 1) but was 1.0");
  }

  static JsonNode golden(String name) throws IOException {
    try (InputStream in = SgdMomentumTest.class.getResourceAsStream(name)) {
      return new ObjectMapper().readTree(Objects.requireNonNull(in, name));
    }
  }

  private static ComputationGraph graph(IUpdater updater, DataType type) {
    ComputationGraph graph =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(type)
                .updater(updater)
                .l2(5e-3)
                .activation(Activation.IDENTITY)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.convolutional(5, 5, 2))
                .addLayer("conv", new ConvolutionLayer.Builder(3, 3).nOut(4).build(), "in")
                .addLayer(
                    "norm",
                    new BatchNormalization.Builder().eps(1e-5).useLogStd(false).build(),
                    "conv")
                .addLayer("relu", new ActivationLayer(Activation.RELU), "norm")
                .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "relu")
                .addLayer(
                    "out",
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nOut(3)
                        .build(),
                    "pool")
                .setOutputs("out")
                .build());
    graph.init();
    return graph;
  }

  private static IUpdater updaterOf(ComputationGraph graph) {
    graph.init();
    return graph.getLayer("out").getConfig().getUpdaterByParam("W");
  }

  private static INDArray parameter(ComputationGraph graph, Map.Entry<String, JsonNode> entry) {
    return graph.getParam(entry.getKey());
  }

  private static INDArray values(Map.Entry<String, JsonNode> entry, ComputationGraph graph) {
    return vector(entry.getValue()).reshape('c', parameter(graph, entry).shape());
  }

  private static INDArray vector(JsonNode numbers) {
    return Nd4j.createFromArray(
        StreamSupport.stream(numbers.spliterator(), false)
            .mapToDouble(JsonNode::doubleValue)
            .toArray());
  }

  private static INDArray oneHot(JsonNode labels) {
    INDArray result = Nd4j.zeros(DataType.DOUBLE, labels.size(), 3);
    for (int i = 0; i < labels.size(); i++) {
      result.putScalar(i, labels.get(i).intValue(), 1);
    }
    return result;
  }

  private static long[] cycle(int length) {
    return LongStream.range(0, length).map(i -> i % 3).toArray();
  }
}
