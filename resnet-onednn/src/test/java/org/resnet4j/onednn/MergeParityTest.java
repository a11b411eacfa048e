package org.resnet4j.onednn;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Graphs with merges of channels have the outputs and gradients of stock Deeplearning4j. */
class MergeParityTest {
  static Stream<GraphParityTest.Case> cases() {
    return Stream.of(
        new GraphParityTest.Case(
            "merge",
            w ->
                w.layer("b", GraphParityTest.conv(5), "a")
                    .vertex("z", new MergeVertex(), "a", "b")),
        new GraphParityTest.Case(
            "merge of three with ReLU",
            w ->
                w.layer("b", GraphParityTest.conv(1), "a")
                    .layer("c", GraphParityTest.max(), "a")
                    .vertex("m", new MergeVertex(), "a", "b", "c")
                    .layer("r", GraphParityTest.relu(), "m")
                    .layer("z", GraphParityTest.conv(4), "r")),
        new GraphParityTest.Case(
            "merge with itself", w -> w.vertex("z", new MergeVertex(), "a", "a")),
        new GraphParityTest.Case(
            "merge with the input", w -> w.vertex("z", new MergeVertex(), "in", "a")),
        new GraphParityTest.Case(
            "two global pools merged",
            w ->
                w.layer("g", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), "a")
                    .layer("h", new GlobalPoolingLayer.Builder(PoolingType.MAX).build(), "a")
                    .vertex("z", new MergeVertex(), "g", "h")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void outputEqualsStockDeeplearning4j(GraphParityTest.Case sample) {
    GraphParityTest.requireEqualOutputs(sample);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void lossAndGradientsEqualStockDeeplearning4j(GraphParityTest.Case sample) {
    GraphParityTest.requireEqualGradients(sample);
  }
}
