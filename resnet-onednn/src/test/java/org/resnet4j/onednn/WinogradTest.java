package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;

/**
 * Winograd convolutions equal stock Deeplearning4j in double precision. Tolerance: 1e-4 of the
 * largest value or of the norm, of which these networks use a twentieth; Lavin and Gray (2016,
 * table 4) have 2e-5 for a layer of VGG.
 *
 * <p>The build runs these tests a second time with two threads, and a third time under AVX2.
 */
@RequiresJitKernels
class WinogradTest {
  private static final String NAME = "winograd:f4x4_3x3";
  private static final String SMALL = "winograd:f2x2_3x3";

  /** The shape of a batch, and the channels of input, middle and output of two convolutions. */
  record Case(int batch, int height, int width, int in, int middle, int out) {
    ComputationGraph network(boolean bias) {
      return Samples.network(
          Samples.chain(
              InputType.convolutional(height, width, in),
              conv(middle, bias),
              conv(out, bias),
              pool()),
          5);
    }

    DataSet data() {
      return Samples.batch(8, Samples.CLASSES, batch, in, height, width);
    }
  }

  private static ConvolutionLayer conv(int out, boolean bias) {
    return new ConvolutionLayer.Builder(3, 3).padding(1, 1).nOut(out).hasBias(bias).build();
  }

  private static GlobalPoolingLayer pool() {
    return new GlobalPoolingLayer(PoolingType.AVG);
  }

  /** Returns shapes for which Winograd is faster in training as well as in inference. */
  static Stream<Case> shapes() {
    return Stream.of(
        new Case(6, 16, 16, 64, 64, 64),
        // The last tiles are not full along either axis.
        new Case(9, 14, 15, 64, 80, 64),
        new Case(5, 13, 30, 96, 64, 112),
        // With few tiles, threads divide the channels and share the matmuls.
        new Case(60, 4, 4, 256, 256, 256),
        // As above, and half of the results do not fill a panel of 64.
        new Case(44, 4, 4, 256, 160, 256),
        new Case(1, 40, 44, 64, 64, 64));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void lossAndGradientsEqualStockDeeplearning4j(Case shape) {
    ComputationGraph network = shape.network(false);
    Profile profile = new Profile();
    DataSet data = shape.data();
    Oracle.training(
        network,
        OneDnn.accelerate(network, CompileOptions.training().profile(profile)),
        Oracle.TOLERANCE,
        new MultiDataSet(data.getFeatures(), data.getLabels()));
    assertThat(works(profile)).contains("forward", "backward data", "backward weights");
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void outputEqualsStockDeeplearning4j(Case shape) {
    assertThat(works(inference(shape))).containsExactly("forward");
  }

  /** Compares the outputs, and returns the profile. */
  private static Profile inference(Case shape) {
    ComputationGraph network = shape.network(true);
    INDArray images = shape.data().getFeatures();
    Profile profile = new Profile();
    CompileOptions options = CompileOptions.inference().precision(Precision.FP32).profile(profile);
    try (CompiledNetwork compiled = OneDnn.compile(network, options)) {
      Oracle.close(
          "head",
          Oracle.exact(network).output(images)[0],
          compiled.output(images),
          Oracle.TOLERANCE);
    }
    return profile;
  }

  /** Returns shapes of few pixels and many channels, for which tiles of 2×2 have fewer weights. */
  static Stream<Case> fewPixels() {
    return Stream.of(
        new Case(1, 14, 14, 256, 256, 256),
        // The last tiles are not full along either axis.
        new Case(1, 13, 13, 256, 192, 256),
        // The last panel of weights is not full.
        new Case(1, 14, 11, 192, 240, 192));
  }

  @ParameterizedTest
  @MethodSource("fewPixels")
  void outputWithSmallTilesEqualsStockDeeplearning4j(Case shape) {
    assertThat(layers(inference(shape), row -> row.implementation().equals(SMALL)))
        .isEqualTo(Set.of("layer0", "layer1"));
  }

  /** The fused operations are bias, batch norm, sum and activation. */
  @ParameterizedTest
  @MethodSource("activations")
  void biasBatchNormSumAndActivationAreFused(Activation activation) {
    GraphBuilder graph =
        Samples.graph().addInputs("in").setInputTypes(InputType.convolutional(18, 21, 64));
    graph
        .addLayer("shortcut", conv(64, false), "in")
        .addLayer("a", conv(64, true), "in")
        .addLayer("a relu", new ActivationLayer(activation), "a")
        .addLayer("b", conv(64, false), "a relu")
        .addLayer("norm", new BatchNormalization(), "b")
        .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "shortcut", "norm")
        .addLayer("activation", new ActivationLayer(activation), "sum")
        .addLayer("pool", pool(), "activation")
        .addLayer("head", Samples.head(), "pool")
        .setOutputs("head", "activation");
    ComputationGraph network = Samples.network(graph.build(), 3);
    INDArray images = Samples.images(4, 5, 64, 18, 21).mul(2);
    Oracle.inference(network, Oracle.TOLERANCE, images);

    Profile profile = new Profile();
    CompileOptions options = CompileOptions.inference().precision(Precision.FP32).profile(profile);
    try (CompiledNetwork compiled = OneDnn.compile(network, options)) {
      assertThat(compiled.outputs(images)).hasSize(2);
    }
    boolean clips = activation != Activation.TANH;
    assertThat(layers(profile, row -> row.implementation().equals(NAME)))
        .isEqualTo(clips ? Set.of("shortcut", "a", "b") : Set.of("shortcut"));
    assertThat(layers(profile, row -> row.layer().equals("sum") && row.work().equals("forward")))
        .isEmpty();
  }

  private static Set<String> layers(Profile profile, Predicate<Profile.Row> which) {
    return profile.rows().stream()
        .filter(which)
        .map(Profile.Row::layer)
        .collect(Collectors.toSet());
  }

  static Stream<Activation> activations() {
    return Stream.of(Activation.IDENTITY, Activation.RELU, Activation.RELU6, Activation.TANH);
  }

  /** The weights beside a trained bias have their gradient computed by a primitive. */
  @Test
  void biasIsTrained() {
    Case shape = new Case(6, 16, 16, 64, 64, 64);
    DataSet data = shape.data();
    ComputationGraph network = shape.network(true);
    Profile profile = new Profile();
    Oracle.training(
        network,
        OneDnn.accelerate(network, CompileOptions.training().profile(profile)),
        Oracle.TOLERANCE,
        new MultiDataSet(data.getFeatures(), data.getLabels()));
    assertThat(works(profile)).contains("forward", "backward data");
  }

  @Test
  void frozenWeightsHaveNoGradient() {
    GraphBuilder graph =
        Samples.graph().addInputs("in").setInputTypes(InputType.convolutional(16, 16, 64));
    graph
        .addLayer("a", conv(64, false), "in")
        .addLayer("b", new FrozenLayer(conv(64, false)), "a")
        .addLayer("pool", pool(), "b")
        .addLayer("head", Samples.head(), "pool")
        .setOutputs("head");
    ComputationGraph network = Samples.network(graph.build(), 6);
    DataSet data = Samples.batch(8, Samples.CLASSES, 6, 64, 16, 16);
    ComputationGraph fast = OneDnn.accelerate(network);
    float[] before = network.getLayer("b").params().dup().toFloatVector();
    float[] free = network.getLayer("a").params().dup().toFloatVector();
    fast.fit(data);
    assertThat(network.getLayer("b").params().toFloatVector()).isEqualTo(before);
    assertThat(network.getLayer("a").params().toFloatVector()).isNotEqualTo(free);
  }

  /** The results of equal parameters and images are bitwise equal, whatever ran before. */
  @Test
  void trainingIsBitForBitReproducible() {
    Case shape = new Case(6, 16, 16, 64, 64, 64);
    assertThat(trained(shape)).isEqualTo(trained(shape));
  }

  private static float[] trained(Case shape) {
    ComputationGraph fast = OneDnn.accelerate(shape.network(false));
    for (int step = 0; step < 3; step++) {
      fast.fit(shape.data());
    }
    return fast.params().toFloatVector();
  }

  /** OpenMP has a thread team for each calling thread; calls take turns. */
  @Test
  void manyThreadsComputeBitForBitEqualOutput() {
    Case shape = new Case(6, 16, 16, 64, 64, 64);
    INDArray images = shape.data().getFeatures();
    CompileOptions options = CompileOptions.inference().precision(Precision.FP32);
    try (CompiledNetwork one = OneDnn.compile(shape.network(true), options);
        CompiledNetwork other = OneDnn.compile(shape.network(true), options)) {
      float[] expected = floats(one.output(images));
      List<CompletableFuture<float[]>> results =
          IntStream.range(0, 40)
              .mapToObj(
                  i ->
                      CompletableFuture.supplyAsync(
                          () -> floats((i % 2 == 0 ? one : other).output(images)),
                          work -> new Thread(work).start()))
              .toList();
      results.forEach(result -> assertThat(result.join()).isEqualTo(expected));
    }
  }

  private static float[] floats(INDArray array) {
    return array.reshape(-1).toFloatVector();
  }

  /** Returns the kinds of work that used Winograd. */
  private static Set<String> works(Profile profile) {
    return profile.rows().stream()
        .filter(row -> row.implementation().equals(NAME))
        .map(Profile.Row::work)
        .collect(Collectors.toSet());
  }
}
