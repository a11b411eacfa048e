package org.resnet4j.onednn;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.resnet4j.graph.ScaleChannelsVertex;

/**
 * Graphs with channel attention, alone and in residual blocks, have the outputs and gradients of
 * stock Deeplearning4j.
 */
class AttentionParityTest {
  /** Multiplies the channels of {@code image} by the output of two dense layers on their means. */
  private static GraphParityTest.Wires withAttention(
      GraphParityTest.Wires wires, String image, String name) {
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

  static Stream<GraphParityTest.Case> cases() {
    return Stream.of(
        new GraphParityTest.Case("channel attention", w -> withAttention(w, "a", "z")),
        new GraphParityTest.Case(
            "channel attention, ReLU",
            w -> withAttention(w, "a", "g").layer("z", GraphParityTest.relu(), "g")),
        new GraphParityTest.Case(
            "channel attention, then a norm",
            w -> withAttention(w, "a", "g").layer("z", GraphParityTest.norm(), "g")),
        new GraphParityTest.Case(
            "squeeze-and-excitation",
            w ->
                withAttention(
                        w.layer("b", GraphParityTest.conv(6), "a")
                            .layer("c", GraphParityTest.norm(), "b"),
                        "c",
                        "g")
                    .vertex("s", GraphParityTest.sum(), "g", "a")
                    .layer("z", GraphParityTest.relu(), "s")),
        new GraphParityTest.Case(
            "squeeze-and-excitation, the other way round",
            w ->
                withAttention(
                        w.layer("b", GraphParityTest.conv(6), "a")
                            .layer("c", GraphParityTest.norm(), "b"),
                        "c",
                        "g")
                    .vertex("s", GraphParityTest.sum(), "a", "g")
                    .layer("z", GraphParityTest.relu(), "s")),
        new GraphParityTest.Case(
            "squeeze-and-excitation beside a projection",
            w ->
                withAttention(
                        w.layer("b", GraphParityTest.conv(6), "a")
                            .layer("c", GraphParityTest.norm(), "b"),
                        "c",
                        "g")
                    .layer("d", GraphParityTest.conv(6), "a")
                    .layer("e", GraphParityTest.norm(), "d")
                    .vertex("s", GraphParityTest.sum(), "g", "e")
                    .layer("z", GraphParityTest.relu(), "s")),
        new GraphParityTest.Case(
            "two attentions, each with a sum",
            w ->
                withAttention(
                        withAttention(w, "a", "g").vertex("s", GraphParityTest.sum(), "g", "a"),
                        "s",
                        "h")
                    .vertex("z", GraphParityTest.sum(), "h", "s")),
        new GraphParityTest.Case(
            "channel attention and the same without",
            w ->
                withAttention(w, "a", "g")
                    .layer("b", GraphParityTest.conv(6), "a")
                    .vertex("z", GraphParityTest.sum(), "g", "b")),
        new GraphParityTest.Case(
            "channel attention on the input",
            w ->
                w.layer("m", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), "a")
                    .layer("f", new DenseLayer.Builder().nOut(4).build(), "m")
                    .vertex("z", new ScaleChannelsVertex(), "in", "f")),
        new GraphParityTest.Case(
            "one attention for two",
            w ->
                withAttention(w.layer("b", GraphParityTest.conv(6), "a"), "a", "g")
                    .vertex("h", new ScaleChannelsVertex(), "b", "g.sigmoid")
                    .vertex("z", GraphParityTest.sum(), "g", "h")));
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
