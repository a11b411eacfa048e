package org.resnet4j.onednn;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.resnet4j.graph.GroupedConvolutionLayer;

/**
 * Grouped convolutions have the outputs and gradients of stock Deeplearning4j in double precision,
 * within the tolerance of {@link LayerParityTest}.
 */
class GroupedParityTest {
  /** Grouped convolutions of stock Deeplearning4j are tested in {@code GroupedConvolutionTest}. */
  static Stream<LayerParityTest.Case> cases() {
    return Stream.of(
        grouped("1 group", 12, 1, b -> b),
        grouped("2 groups", 12, 2, b -> b.padding(1, 1)),
        grouped("3 groups without bias", 12, 3, b -> b.hasBias(false)),
        grouped("12 groups, stride 2", 12, 12, b -> b.stride(2, 2).padding(1, 1)),
        grouped("depthwise, two outputs each", 6, 6, b -> b.padding(1, 1)),
        grouped("32 groups of 4", 128, 32, b -> b.padding(1, 1).nOut(128)),
        grouped("32 groups of 4, stride 2", 128, 32, b -> b.padding(1, 1).stride(2, 2).nOut(128)),
        grouped("4 groups of 16", 64, 4, b -> b.padding(1, 1).nOut(64)),
        grouped("2 groups of 24", 48, 2, b -> b.nOut(48)),
        grouped("2 groups, 1x1", 12, 2, b -> b.kernelSize(1, 1)),
        grouped("2 groups, oblong", 12, 2, b -> b.kernelSize(2, 3).stride(1, 2)),
        grouped("2 groups, dilation 2", 12, 2, b -> b.dilation(2, 2).padding(2, 2)),
        grouped("2 groups, Same stride 2", 12, 2, b -> LayerParityTest.same(b).stride(2, 2)),
        grouped("2 groups, tanh", 12, 2, b -> b.activation(Activation.TANH)),
        grouped("2 groups, padded before", 12, 2, b -> b, LayerParityTest.padding()),
        new LayerParityTest.Case("2 groups of the input", LayerParityTest.IMAGE, group(b -> b, 2)),
        new LayerParityTest.Case(
            "4 groups of the input, depthwise", LayerParityTest.IMAGE, group(b -> b, 4)),
        new LayerParityTest.Case(
            "norm and ReLU after groups",
            LayerParityTest.IMAGE,
            group(b -> b.padding(1, 1), 2),
            LayerParityTest.norm().useLogStd(false).build(),
            new ActivationLayer(Activation.RELU),
            group(b -> b, 3),
            LayerParityTest.norm().build()));
  }

  private static LayerParityTest.Case grouped(
      String name, int channels, int groups, LayerParityTest.Settings settings, Layer... between) {
    List<Layer> layers = new ArrayList<>(List.of(between));
    layers.add(0, new ConvolutionLayer.Builder(1, 1).nOut(channels).build());
    layers.add(group(settings, groups));
    return new LayerParityTest.Case(name, LayerParityTest.ODD, layers.toArray(new Layer[0]));
  }

  private static Layer group(LayerParityTest.Settings settings, int groups) {
    return new GroupedConvolutionLayer(
        settings.to(new ConvolutionLayer.Builder(3, 3).nOut(12)), groups);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void outputEqualsStockDeeplearning4j(LayerParityTest.Case sample) {
    LayerParityTest.requireEqualOutputs(sample);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void lossAndGradientsEqualStockDeeplearning4j(LayerParityTest.Case sample) {
    LayerParityTest.requireEqualGradients(sample);
  }
}
