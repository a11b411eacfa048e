package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A network that shares its graph's parameters is frozen, too: it never mixes old and new ones. */
class SharedParametersTest {
  private static final CompileOptions SHARING =
      CompileOptions.inference().precision(Precision.FP32).sharingParameters();

  private static ComputationGraph network() {
    return AcceleratedGraphTest.network(Samples.base());
  }

  private static INDArray images(int count) {
    return Samples.images(1, count, 3, 8, 8);
  }

  @Test
  void sharedParametersGiveTheResultsOfACopy() {
    ComputationGraph graph = network();
    try (CompiledNetwork shared = OneDnn.compile(graph, SHARING);
        CompiledNetwork copied =
            OneDnn.compile(graph, CompileOptions.inference().precision(Precision.FP32))) {
      assertThat(shared.output(images(3))).isEqualTo(copied.output(images(3)));
    }
  }

  @Test
  void changedParametersAreRefusedWhereTheyWouldBePacked() {
    ComputationGraph graph = network();
    try (CompiledNetwork shared = OneDnn.compile(graph, SHARING)) {
      INDArray before = shared.output(images(1));
      for (long index : new long[] {0, graph.numParams() / 2, graph.numParams() - 1}) {
        float value = graph.params().getFloat(index);
        graph.params().putScalar(index, Math.nextUp(value));

        assertThat(shared.output(images(1))).isEqualTo(before);
        assertThatThrownBy(() -> shared.output(images(2)))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("compile the graph again");
        graph.params().putScalar(index, value);
      }
      assertThat(shared.output(images(2)).size(0)).isEqualTo(2);
    }
  }

  @Test
  void changedParametersAreRefusedByTheFallback() {
    ComputationGraph graph = network();
    graph.params().putScalar(0, Float.POSITIVE_INFINITY);
    try (CompiledNetwork stock = OneDnn.compile(graph, SHARING.orFallBack())) {
      graph.params().putScalar(0, 1);

      assertThatThrownBy(() -> stock.output(images(1)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("have changed");
    }
  }

  @Test
  void closedParametersAreRefused() {
    ComputationGraph graph = network();
    try (CompiledNetwork shared = OneDnn.compile(graph, SHARING)) {
      graph.close();

      assertThatThrownBy(() -> shared.output(images(1)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("the array was closed");
    }
  }
}
