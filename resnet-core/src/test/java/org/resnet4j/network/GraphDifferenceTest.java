package org.resnet4j.network;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.ArchitectureBuilder;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Downsampling;
import org.resnet4j.arch.Init;

/** A configuration that computes something else than an architecture is told from it. */
class GraphDifferenceTest {
  private static final Architecture SMALL = Architectures.byName("resnet18");

  @Test
  void frozenLayersAndVerticesComputeTheSame() {
    ComputationGraphConfiguration actual = ResNetGraph.of(SMALL).configuration();
    actual
        .getVertices()
        .replaceAll(
            (name, vertex) -> {
              if (!(vertex instanceof LayerVertex layer)) {
                return new FrozenVertex(vertex);
              }
              layer.getLayerConf().setLayer(new FrozenLayer(layer.getLayerConf().getLayer()));
              return layer;
            });

    assertThat(ResNetGraph.of(SMALL).difference(actual)).isEmpty();
  }

  @Test
  void initialWeightsAreNotCompared() {
    Architecture zeroInit = SMALL.with(arch -> arch.init(Init.ZERO_INIT_RESIDUAL));
    assertThat(ResNetGraph.of(SMALL).difference(ResNetGraph.of(zeroInit).configuration()))
        .isEmpty();
  }

  private static Arguments architecture(
      String name, UnaryOperator<ArchitectureBuilder> change, String difference) {
    return Arguments.of(name, change, difference);
  }

  /** Each has the parameters of the first, so that their number does not tell them apart. */
  static Stream<Arguments> architecturesOfEqualSize() {
    return Stream.of(
        architecture(
            "resnet50",
            arch -> arch.downsampling(Downsampling.FIRST_CONV),
            "stage1.block0.conv1: expected stride [1, 1] but was [2, 2]"),
        architecture(
            "resnet18",
            arch -> arch.strides(1, 2, 2, 1),
            "stage3.block0.conv1: expected stride [2, 2] but was [1, 1]"),
        architecture(
            "resnet18", arch -> arch.epsilon(1e-3), "stem.bn1: expected ε 1.0E-5 but was 0.001"),
        architecture(
            "resnet18", arch -> arch.classes(10), "head.fc: expected outputs 1000 but was 10"));
  }

  @ParameterizedTest(name = "{0} {2}")
  @MethodSource("architecturesOfEqualSize")
  void architectureOfEqualSizeIsToldByItsFirstVertex(
      String name, UnaryOperator<ArchitectureBuilder> change, String difference) {
    Architecture architecture = Architectures.byName(name);
    ComputationGraphConfiguration actual =
        ResNetGraph.of(architecture.with(change)).configuration();

    assertThat(ResNetGraph.of(architecture).difference(actual)).contains(difference);
  }

  private static Layer layer(ComputationGraphConfiguration graph, String vertex) {
    return ((LayerVertex) requireNonNull(graph.getVertices().get(vertex)))
        .getLayerConf()
        .getLayer();
  }

  private static <T extends Layer> Arguments edit(
      String vertex, Class<T> type, Consumer<T> edit, String difference) {
    Consumer<ComputationGraphConfiguration> change =
        graph -> edit.accept(type.cast(layer(graph, vertex)));
    return Arguments.of(change, vertex + ": " + difference);
  }

  private static Arguments edit(Consumer<ComputationGraphConfiguration> change, String difference) {
    return Arguments.of(change, difference);
  }

  static Stream<Arguments> edits() {
    Class<ConvolutionLayer> conv = ConvolutionLayer.class;
    return Stream.of(
        edit(
            "stem.conv1",
            conv,
            layer -> layer.setDilation(new int[] {2, 2}),
            "expected dilation [1, 1] but was [2, 2]"),
        edit(
            "stem.conv1",
            conv,
            layer -> layer.setPadding(new int[] {2, 3}),
            "expected padding [3, 3] but was [2, 3]"),
        edit(
            "stem.conv1",
            conv,
            layer -> layer.setPadding(new int[] {4, 4}),
            "expected padding [3, 3] but was [4, 4]"),
        edit(
            "stem.conv1",
            conv,
            layer -> layer.setConvolutionMode(ConvolutionMode.Same),
            "expected padding [3, 3] but was [2, 2]"),
        edit(
            "stem.conv1",
            conv,
            layer -> layer.setStride(new int[] {0, 1}),
            "expected stride [2, 2] but was [0, 1]"),
        edit(
            "stem.conv1",
            conv,
            layer -> layer.setKernelSize(new int[] {49, 1}),
            "expected kernel [7, 7] but was [49, 1]"),
        edit(
            "stem.conv1",
            conv,
            layer -> layer.setActivationFn(Activation.TANH.getActivationFunction()),
            "expected activation identity but was tanh"),
        edit(
            "stem.bn1",
            BatchNormalization.class,
            layer -> layer.setUseLogStd(true),
            "expected logarithm of std false but was true"),
        edit(
            "stem.bn1",
            BatchNormalization.class,
            layer -> layer.setEps(1.001e-5),
            "expected ε 1.0E-5 but was 1.001E-5"),
        edit(
            "stem.relu1",
            ActivationLayer.class,
            layer -> layer.setActivationFn(Activation.ELU.getActivationFunction()),
            "expected activation relu but was elu(alpha=1.0)"),
        edit(
            "stem.relu1",
            ActivationLayer.class,
            layer -> layer.setActivationFn(new ActivationReLU(null, null, 0.1)),
            "expected activation relu but was another of that name, with other values"),
        edit(
            "stem.pool",
            SubsamplingLayer.class,
            layer -> layer.setPoolingType(PoolingType.AVG),
            "expected pooling MAX but was AVG"),
        edit(
            "stem.pool",
            SubsamplingLayer.class,
            layer -> layer.setKernelSize(new int[] {2, 2}),
            "expected kernel [3, 3] but was [2, 2]"),
        edit(
            "stage0.block1.conv2",
            conv,
            layer -> layer.setNIn(63),
            "expected inputs 64 but was 63"),
        edit(
            "head.pool",
            GlobalPoolingLayer.class,
            layer -> layer.setPoolingType(PoolingType.MAX),
            "expected pooling AVG but was MAX"),
        edit(
            "head.fc",
            OutputLayer.class,
            layer -> layer.setActivationFn(Activation.SIGMOID.getActivationFunction()),
            "expected activation softmax but was sigmoid"),
        edit(
            graph -> graph.getVertices().remove("stage2.block1.relu1"),
            "stage2.block1.relu1: expected a vertex of that name but there is none"),
        edit(
            graph ->
                graph
                    .getVertices()
                    .put("stage0.block0.add", new ElementWiseVertex(ElementWiseVertex.Op.Max)),
            "stage0.block0.add: expected operation Add but was Max"),
        edit(
            graph ->
                graph.getVertexInputs().put("stage0.block0.add", List.of("stem.pool", "stem.pool")),
            "stage0.block0.add: expected inputs from [stage0.block0.bn2, stem.pool] but was [stem.pool, stem.pool]"),
        edit(
            graph -> graph.setNetworkOutputs(List.of("head.pool")),
            "the graph: expected outputs [head.fc] but was [head.pool]"),
        edit(
            graph ->
                graph.getVertices().put("more", new ElementWiseVertex(ElementWiseVertex.Op.Add)),
            "more: expected no vertex of that name but there is one"));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("edits")
  void editedConfigurationIsToldByVertexAndField(
      Consumer<ComputationGraphConfiguration> edit, String difference) {
    ComputationGraphConfiguration actual = ResNetGraph.of(SMALL).configuration();
    edit.accept(actual);

    assertThat(ResNetGraph.of(SMALL).difference(actual).orElse("")).isEqualTo(difference);
  }

  /** Same mode pads 3×3 windows at stride 1 by one value, as a padding of 1 does. */
  @Test
  void modesThatPadTheSameComputeTheSame() {
    ComputationGraphConfiguration actual = ResNetGraph.of(SMALL).configuration();
    ConvolutionLayer conv = (ConvolutionLayer) layer(actual, "stage0.block0.conv1");
    conv.setConvolutionMode(ConvolutionMode.Same);
    conv.setPadding(new int[] {0, 0});

    assertThat(ResNetGraph.of(SMALL).difference(actual)).isEmpty();
  }

  /** An even image has no edge over which a pooling of ResNet-D hangs; an odd one has. */
  @Test
  void hangingPoolingIsToldWhereItReadsTheEdge() {
    Architecture even = Architectures.byName("resnet18d");
    Architecture odd = even.with(arch -> arch.input(3, 97, 97));
    assertThat(ResNetGraph.of(even).difference(ResNetGraph.of(odd).configuration())).isEmpty();
    assertThat(ResNetGraph.of(odd).difference(ResNetGraph.of(even).configuration()))
        .hasValueSatisfying(
            it ->
                assertThat(it)
                    .contains("pool: expected size of the output [13, 13] but was [12, 12]"));
  }
}
