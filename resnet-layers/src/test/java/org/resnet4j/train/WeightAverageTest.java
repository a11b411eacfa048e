package org.resnet4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.resnet4j.train.ParameterDecay.Scope;

class WeightAverageTest {
  private static final TinyNetwork NETWORK =
      new TinyNetwork(OptimiserTest.NESTEROV, ParameterDecay.coupled(5e-3, Scope.WEIGHTS));

  /** The golden is made with PyTorch's {@code AveragedModel} and {@code use_buffers=True}. */
  @Test
  void averageOfParametersAndStatisticsEqualsPyTorch() throws IOException {
    TinyNetwork.Data data = TinyNetwork.data(DataType.DOUBLE);
    JsonNode golden = data.golden().get("runs").get("nesterov");
    ComputationGraph graph = NETWORK.graph(DataType.DOUBLE, data);
    WeightAverage average = new WeightAverage(0.9, 4);
    graph.addListeners(new GradientClipping(0.1), average);
    fit(graph, data, 1, 100);
    INDArray before = graph.params().dup();
    double difference =
        average.with(graph, averaged -> TinyNetwork.difference(averaged, golden.get("average")));
    assertThat(difference).isLessThan(1e-12);
    assertThat(graph.params()).isEqualTo(before);

    JsonNode statistics = golden.get("averageStatistics");
    ComputationGraph copy = average.copyOf(graph);
    assertThat(TinyNetwork.difference(copy, golden.get("average"))).isEqualTo(difference);
    assertClose(copy.getParam("norm_mean"), TinyNetwork.vector(statistics.get("mean")));
    // PyTorch's running variance begins at 1 and is unbiased: 72 values of a channel. The share
    // of the 1 is 0.9^t after step t; its average follows from the same recursion.
    double first = 0.9;
    for (int step = 5; step <= 97; step += 4) {
      first = 0.9 * first + 0.1 * Math.pow(0.9, step);
    }
    INDArray biased =
        TinyNetwork.vector(statistics.get("var")).sub(first).mul(71.0 / 72).add(first);
    assertClose(copy.getParam("norm_var"), biased);
  }

  private static void assertClose(INDArray actual, INDArray expected) {
    assertThat(actual.reshape(expected.length()).sub(expected).amaxNumber().doubleValue())
        .isLessThan(1e-12);
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "DOUBLE"})
  void continuedAverageIsEqualBitForBit(DataType type) throws IOException {
    TinyNetwork.Data data = TinyNetwork.data(type);
    ComputationGraph graph = NETWORK.graph(type, data);
    WeightAverage average = new WeightAverage(0.9, 2, 4);
    graph.addListeners(average);
    for (int stop = 1; stop <= 8; stop++) {
      fit(graph, data, stop, stop);
      WeightAverage restored = new WeightAverage(0.9, 2, 4);
      ByteArrayOutputStream zip = new ByteArrayOutputStream();
      ModelSerializer.writeModel(graph, zip, true);
      ComputationGraph other =
          ModelSerializer.restoreComputationGraph(
              new ByteArrayInputStream(zip.toByteArray()), true);
      restored.continueFrom(parameters(average, graph), graph.getIterationCount());
      other.setListeners(restored);
      fit(other, data, stop + 1, 9);
      ComputationGraph whole = NETWORK.graph(type, data);
      WeightAverage expected = new WeightAverage(0.9, 2, 4);
      whole.addListeners(expected);
      fit(whole, data, 1, 9);
      assertThat(parameters(restored, other)).isEqualTo(parameters(expected, whole));
    }
  }

  @Test
  void averageCopiesParametersWhileTheRateWarmsUp() throws IOException {
    TinyNetwork.Data data = TinyNetwork.data(DataType.FLOAT);
    ComputationGraph graph = NETWORK.graph(DataType.FLOAT, data);
    WeightAverage average = new WeightAverage(0.9, 1, 3);
    graph.addListeners(average);
    for (int step = 1; step <= 4; step++) { // torchvision copies once more after the warm-up
      fit(graph, data, step, step);
      assertThat(parameters(average, graph)).isEqualTo(graph.params());
    }
    fit(graph, data, 5, 5);
    assertThat(parameters(average, graph)).isNotEqualTo(graph.params());
  }

  @Test
  void parametersAreRestoredAfterAFailure() throws IOException {
    TinyNetwork.Data data = TinyNetwork.data(DataType.FLOAT);
    ComputationGraph graph = NETWORK.graph(DataType.FLOAT, data);
    WeightAverage average = new WeightAverage(0.9, 1);
    assertThatThrownBy(() -> average.copyOf(graph))
        .hasMessage(
            "averaged weights: expected at least one iteration of training before their use");
    graph.addListeners(average);
    fit(graph, data, 1, 3);
    INDArray own = graph.params().dup();
    assertThatThrownBy(
            () ->
                average.with(
                    graph,
                    averaged -> {
                      throw new ArithmeticException("of the work");
                    }))
        .hasMessage("of the work");
    assertThat(graph.params()).isEqualTo(own);
  }

  private static INDArray parameters(WeightAverage average, ComputationGraph graph) {
    return average.with(graph, averaged -> averaged.params().dup());
  }

  private static void fit(ComputationGraph graph, TinyNetwork.Data data, int first, int last) {
    for (int step = first; step <= last; step++) {
      graph.fit(data.batch(step));
    }
  }
}
