package org.resnet4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.resnet4j.train.ParameterDecay.Scope;

class AccumulatingGraphTest {
  /** The golden is made by {@code src/test/python/optimiser_golden.py}, in double precision. */
  @Test
  void hundredStepsOfFourPartsEqualPyTorch() throws IOException {
    TinyNetwork.Data data = TinyNetwork.data(DataType.DOUBLE);
    JsonNode golden = data.golden().get("accumulated");
    TinyNetwork network =
        new TinyNetwork(OptimiserTest.NESTEROV, ParameterDecay.coupled(5e-3, Scope.WEIGHTS));
    ComputationGraph graph = AccumulatingGraph.of(network.graph(DataType.DOUBLE, data), 4);
    graph.addListeners(new GradientClipping(0.1));
    for (int step = 1; step <= 100; step++) {
      graph.fit(data.batch(step));
    }
    assertThat(graph.getIterationCount()).isEqualTo(100);
    assertThat(TinyNetwork.difference(graph, golden.get("after").get("100"))).isLessThan(1e-8);
    JsonNode statistics = golden.get("statistics");
    assertClose(graph.getParam("norm_mean"), TinyNetwork.vector(statistics.get("mean")));
    // PyTorch's running variance is unbiased, of 18 values of a channel, and begins at 1.
    double first = Math.pow(0.9, 400);
    assertClose(
        graph.getParam("norm_var"),
        TinyNetwork.vector(statistics.get("var")).sub(first).mul(17.0 / 18).add(first));
  }

  private static void assertClose(INDArray actual, INDArray expected) {
    assertThat(actual.reshape(expected.length()).sub(expected).amaxNumber().doubleValue())
        .isLessThan(1e-10);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8, 20})
  void partsEqualTheWholeBatchWithoutBatchNorm(int parts) {
    ComputationGraph whole = dense();
    ComputationGraph divided = AccumulatingGraph.of(whole.clone(), parts);
    for (int step = 0; step < 5; step++) {
      DataSet batch = batch(step);
      whole.fit(batch);
      divided.fit(batch);
      assertThat(divided.score()).isCloseTo(whole.score(), within(1e-12));
    }
    assertThat(divided.params().sub(whole.params()).amaxNumber().doubleValue()).isLessThan(1e-12);
    ComputationGraph clone = divided.clone();
    assertThat(AccumulatingGraph.partsOf(clone)).isEqualTo(parts);
    assertThat(AccumulatingGraph.partsOf(whole)).isEqualTo(1);
    assertThat(clone.getUpdater().getStateViewArray())
        .isEqualTo(divided.getUpdater().getStateViewArray());
  }

  @Test
  void masksAndZeroPartsAreRefused() {
    ComputationGraph graph = AccumulatingGraph.of(dense(), 2);
    DataSet batch = batch(0);
    batch.setLabelsMaskArray(Nd4j.ones(DataType.DOUBLE, 8, 1));
    assertThatThrownBy(() -> graph.fit(batch))
        .hasMessage(
            "gradient accumulation: expected batches without masks but there are some; train without accumulation");
    assertThatThrownBy(() -> AccumulatingGraph.of(graph, 0))
        .hasMessage("gradient accumulation: expected 1 or more parts of a batch but was 0");
  }

  private static DataSet batch(int step) {
    Nd4j.getRandom().setSeed(step);
    INDArray labels = Nd4j.zeros(DataType.DOUBLE, 8, 3);
    for (int i = 0; i < 8; i++) {
      labels.putScalar(i, i % 3, 1);
    }
    return new DataSet(Nd4j.randn(DataType.DOUBLE, 8, 4), labels);
  }

  private static ComputationGraph dense() {
    ComputationGraph graph =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(DataType.DOUBLE)
                .updater(new SgdMomentum(0.1, 0.9))
                .l2(0.01)
                .graphBuilder()
                .addInputs("in")
                .addLayer("dense", new DenseLayer.Builder().nIn(4).nOut(5).build(), "in")
                .addLayer(
                    "out",
                    new OutputLayer.Builder().nIn(5).nOut(3).activation(Activation.SOFTMAX).build(),
                    "dense")
                .setOutputs("out")
                .build());
    graph.init();
    return graph;
  }
}
