package org.resnet4j.onednn;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Poolings have the outputs and gradients of stock Deeplearning4j in double precision, within the
 * tolerance of {@link LayerParityTest}.
 */
class PoolParityTest {
  static Stream<LayerParityTest.Case> pools() {
    Stream<LayerParityTest.Case> windows =
        Stream.of(SubsamplingLayer.PoolingType.MAX, SubsamplingLayer.PoolingType.AVG)
            .flatMap(
                type ->
                    Stream.of(
                        pool(type + " 3x3 stride 2", LayerParityTest.IMAGE, window(type, 3, 2)),
                        pool(
                            type + " 3x3 stride 2 drops", LayerParityTest.EVEN, window(type, 3, 2)),
                        pool(
                            type + " padding 1",
                            LayerParityTest.IMAGE,
                            window(type, 3, 2).padding(1, 1)),
                        pool(
                            type + " padding 1 even",
                            LayerParityTest.EVEN,
                            window(type, 3, 2).padding(1, 1)),
                        pool(type + " 2x2", LayerParityTest.EVEN, window(type, 2, 2)),
                        pool(type + " 3x3 stride 1", LayerParityTest.ODD, window(type, 3, 1)),
                        pool(
                            type + " Same odd",
                            LayerParityTest.ODD,
                            LayerParityTest.same(window(type, 3, 2))),
                        pool(
                            type + " Same even",
                            LayerParityTest.EVEN,
                            LayerParityTest.same(window(type, 3, 2))),
                        pool(
                            type + " Same mixed",
                            LayerParityTest.IMAGE,
                            LayerParityTest.same(window(type, 2, 2))),
                        pool(
                            type + " Same 2x2 odd",
                            LayerParityTest.ODD,
                            LayerParityTest.same(window(type, 2, 2))),
                        pool(
                            type + " Same stride 1",
                            LayerParityTest.IMAGE,
                            LayerParityTest.same(window(type, 2, 1))),
                        pool(type + " 2x3 stride 1x2", LayerParityTest.IMAGE, oblong(type))));
    Stream<LayerParityTest.Case> divisors =
        Stream.of(true, false)
            .flatMap(
                with ->
                    Stream.of(
                        pool(
                            "divisor with padding " + with,
                            LayerParityTest.IMAGE,
                            LayerParityTest.average()
                                .padding(1, 1)
                                .avgPoolIncludePadInDivisor(with)),
                        pool(
                            "divisor with padding, even " + with,
                            LayerParityTest.EVEN,
                            LayerParityTest.average()
                                .padding(1, 1)
                                .avgPoolIncludePadInDivisor(with)),
                        pool(
                            "Same, divisor with padding " + with,
                            LayerParityTest.ODD,
                            LayerParityTest.same(LayerParityTest.average())
                                .avgPoolIncludePadInDivisor(with)),
                        pool(
                            "Same even, divisor with padding " + with,
                            LayerParityTest.EVEN,
                            LayerParityTest.same(LayerParityTest.average())
                                .avgPoolIncludePadInDivisor(with))));
    Stream<LayerParityTest.Case> globals =
        Stream.of(PoolingType.AVG, PoolingType.MAX)
            .flatMap(
                type ->
                    Stream.of(
                        global(type + " global", type, true),
                        global(type + " global, not collapsed", type, false),
                        new LayerParityTest.Case(
                            type + " global of one pixel",
                            InputType.convolutional(1, 1, 6),
                            new ConvolutionLayer.Builder(1, 1).nOut(5).build(),
                            new GlobalPoolingLayer.Builder(type).build()),
                        new LayerParityTest.Case(
                            type + " global, then dense",
                            LayerParityTest.IMAGE,
                            LayerParityTest.convolution(5),
                            new GlobalPoolingLayer.Builder(type).build(),
                            LayerParityTest.fully(6))));
    Stream<LayerParityTest.Case> paddings =
        Stream.of(
            new LayerParityTest.Case(
                "padding feeds a convolution",
                LayerParityTest.IMAGE,
                LayerParityTest.convolution(5),
                LayerParityTest.padding(),
                LayerParityTest.bare()),
            new LayerParityTest.Case(
                "padding of the input",
                LayerParityTest.IMAGE,
                LayerParityTest.padding(),
                LayerParityTest.bare()),
            new LayerParityTest.Case(
                "padding feeds a pool",
                LayerParityTest.IMAGE,
                LayerParityTest.convolution(5),
                LayerParityTest.padding(),
                LayerParityTest.max().build()),
            new LayerParityTest.Case(
                "padding feeds the head",
                LayerParityTest.IMAGE,
                LayerParityTest.convolution(5),
                LayerParityTest.padding()),
            new LayerParityTest.Case(
                "padding feeds a strided convolution",
                LayerParityTest.IMAGE,
                LayerParityTest.convolution(5),
                LayerParityTest.padding(),
                new ConvolutionLayer.Builder(3, 3).nOut(4).stride(2, 2).padding(1, 0).build()));
    return Stream.of(windows, divisors, globals, paddings).flatMap(all -> all);
  }

  private static LayerParityTest.Case global(String name, PoolingType type, boolean collapse) {
    return new LayerParityTest.Case(
        name,
        LayerParityTest.IMAGE,
        LayerParityTest.convolution(5),
        new GlobalPoolingLayer.Builder(type).collapseDimensions(collapse).build());
  }

  private static SubsamplingLayer.Builder window(
      SubsamplingLayer.PoolingType type, int kernel, int stride) {
    return new SubsamplingLayer.Builder(type, new int[] {kernel, kernel}).stride(stride, stride);
  }

  private static SubsamplingLayer.Builder oblong(SubsamplingLayer.PoolingType type) {
    return new SubsamplingLayer.Builder(type, new int[] {2, 3}).stride(1, 2);
  }

  private static LayerParityTest.Case pool(
      String name, InputType input, SubsamplingLayer.Builder builder) {
    return new LayerParityTest.Case(
        name, input, new ConvolutionLayer.Builder(1, 1).nOut(5).build(), builder.build());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("pools")
  void outputEqualsStockDeeplearning4j(LayerParityTest.Case sample) {
    LayerParityTest.requireEqualOutputs(sample);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("pools")
  void lossAndGradientsEqualStockDeeplearning4j(LayerParityTest.Case sample) {
    LayerParityTest.requireEqualGradients(sample);
  }
}
