package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Convolutions of few pixels in JIT kernels equal stock Deeplearning4j in double precision, to 1e-4
 * of the largest value; sums of 4,608 products in single precision are accurate to 1e-5. Elsewhere
 * these convolutions are primitives. Here the system must allow code of our own.
 *
 * <p>The build runs these tests a second time with two threads, and a third time under AVX2.
 */
@RequiresJitKernels
class FewPixelsTest {
  private static final String NAME = "small_gemm:";
  private static final CompileOptions FP32 = CompileOptions.inference().precision(Precision.FP32);

  /** The shape of a batch of images, and a convolution. */
  record Case(int batch, int height, int width, int in, int out, ConvolutionLayer.Builder conv) {
    @Override
    public String toString() {
      return "%s×%s×%s×%s to %s, kernel %s"
          .formatted(batch, in, height, width, out, Arrays.toString(conv.build().getKernelSize()));
    }
  }

  private static ConvolutionLayer.Builder conv(int size, int stride, int padding) {
    return new ConvolutionLayer.Builder(size, size)
        .stride(stride, stride)
        .padding(padding, padding);
  }

  static Stream<Case> shapes() {
    return Stream.of(
        // The shapes of ResNet-50's last stage, with fewer channels.
        new Case(1, 7, 7, 64, 256, conv(1, 1, 0)),
        new Case(1, 7, 7, 64, 64, conv(3, 1, 1)),
        new Case(1, 14, 14, 32, 48, conv(1, 2, 0)),
        new Case(1, 14, 14, 32, 64, conv(3, 2, 1)),
        // One panel; 1 output row, the number of registers, one more than that, and the maximum.
        new Case(1, 1, 1, 16, 16, conv(1, 1, 0)),
        new Case(1, 4, 7, 16, 32, conv(1, 1, 0)),
        new Case(1, 1, 29, 16, 32, conv(1, 1, 0)),
        new Case(1, 8, 8, 32, 16, conv(3, 1, 1)),
        // Several images.
        new Case(2, 5, 6, 32, 48, conv(3, 1, 1)),
        new Case(7, 3, 3, 48, 32, conv(3, 1, 1)),
        new Case(4, 8, 6, 32, 32, conv(3, 2, 1)),
        // Unread pixels, gaps between read pixels, and kernels of other shapes.
        new Case(1, 10, 8, 32, 32, conv(2, 3, 0)),
        new Case(1, 7, 8, 32, 32, conv(3, 1, 2).dilation(2, 2)),
        new Case(1, 7, 9, 16, 32, new ConvolutionLayer.Builder(1, 5).padding(0, 2)),
        new Case(
            1,
            9,
            7,
            16,
            32,
            new ConvolutionLayer.Builder(4, 3).stride(2, 1).convolutionMode(ConvolutionMode.Same)));
  }

  /** Compares every pixel with all operations that can be fused. */
  @ParameterizedTest
  @MethodSource("shapes")
  void outputEqualsStockDeeplearning4j(Case shape) {
    for (Activation activation :
        List.of(Activation.IDENTITY, Activation.RELU, Activation.RELU6, Activation.TANH)) {
      GraphBuilder graph = graph(shape.height, shape.width, shape.in);
      graph
          .addLayer("conv", shape.conv.nOut(shape.out).build(), "in")
          .addLayer("activation", new ActivationLayer(activation), "conv");
      INDArray images = Samples.images(3, shape.batch, shape.in, shape.height, shape.width).mul(4);
      same(headed(graph, "activation"), images, activation == Activation.TANH ? 0 : 1);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"IDENTITY", "RELU", "RELU6"})
  void sumIsWrittenInPlaceOverItsOtherOperand(Activation activation) {
    GraphBuilder graph = graph(7, 7, 32);
    graph
        .addLayer("shortcut", conv(1, 1, 0).nOut(48).build(), "in")
        .addLayer("first", conv(3, 1, 1).nOut(48).activation(Activation.RELU).build(), "in")
        .addLayer("second", conv(3, 1, 1).nOut(48).build(), "first")
        .addLayer("norm", new BatchNormalization(), "second")
        .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "shortcut", "norm")
        .addLayer("activation", new ActivationLayer(activation), "sum");
    same(headed(graph, "activation"), Samples.images(4, 1, 32, 7, 7).mul(4), 3);
  }

  /** A maximum must not turn NaN into a number, in primitives and Winograd as here. */
  private static GraphBuilder graph(int height, int width, int channels) {
    return Samples.graph()
        .addInputs("in")
        .setInputTypes(InputType.convolutional(height, width, channels));
  }

  /** Adds a head after {@code last}, which is an output too. */
  private static ComputationGraph headed(GraphBuilder graph, String last) {
    graph
        .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), last)
        .addLayer("head", Samples.head(), "pool")
        .setOutputs("head", last);
    return Samples.network(graph.build(), 5);
  }

  /** Compares the outputs, and counts the convolutions that ran in JIT kernels. */
  private static void same(ComputationGraph network, INDArray images, int convolutions) {
    Oracle.inference(network, Oracle.TOLERANCE, images);
    Profile profile = new Profile();
    try (CompiledNetwork compiled = OneDnn.compile(network, FP32.profile(profile))) {
      INDArray[] outputs = compiled.outputs(images);
      // The memory around images is unchanged.
      assertThat(compiled.outputs(images)).isEqualTo(outputs);
    }
    assertThat(profile.rows().stream().filter(row -> row.implementation().startsWith(NAME)))
        .hasSize(convolutions);
  }
}
