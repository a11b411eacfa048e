package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** {@code L2NormalizeVertex} has the outputs and gradients of stock Deeplearning4j. */
class L2NormalizeTest {
  private static final InputType IMAGE = InputType.convolutional(5, 4, 3);

  /** Deeplearning4j's default for the least divisor. */
  private static final double EPSILON = 1e-8;

  /**
   * A graph with the outputs of a layer, multiplied by {@code factor}, before the vertex.
   *
   * @param images number of images in a batch
   */
  record Case(String name, Layer first, double factor, L2NormalizeVertex vertex, int images) {
    Case(String name, Layer first, L2NormalizeVertex vertex) {
      this(name, first, 1, vertex, 3);
    }

    ComputationGraph network(String... outputs) {
      return Samples.network(
          Samples.graph()
              .addInputs("in")
              .setInputTypes(IMAGE)
              .addLayer("first", first, "in")
              .addVertex("scaled", new ScaleVertex(factor), "first")
              .addVertex("normalised", vertex, "scaled")
              .addLayer("head", Samples.head(), "normalised")
              .setOutputs(outputs)
              .build(),
          1);
    }

    INDArray data() {
      return Samples.images(2, images, 3, 5, 4);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static ConvolutionLayer conv(int outputs) {
    return new ConvolutionLayer.Builder(3, 3).nOut(outputs).build();
  }

  private static DenseLayer dense(int outputs) {
    return new DenseLayer.Builder().nOut(outputs).build();
  }

  private static L2NormalizeVertex over(double epsilon, int... axes) {
    return new L2NormalizeVertex(axes, epsilon);
  }

  static Stream<Case> cases() {
    L2NormalizeVertex usual = new L2NormalizeVertex();
    return Stream.of(
        new Case("vectors", dense(7), usual),
        new Case("single numbers", dense(1), over(0.1)),
        new Case("square batch", dense(3), usual),
        new Case("one vector", dense(7), 1, usual, 1),
        new Case("vectors over axis 1", dense(7), over(EPSILON, 1)),
        new Case("vectors over the last axis", dense(7), over(EPSILON, -1)),
        new Case("images", conv(5), usual),
        new Case("one image", conv(5), 1, usual, 1),
        new Case("images in blocks", conv(32), usual),
        new Case("images over their axes", conv(16), over(EPSILON, 3, 1, 2)),
        new Case("norms below epsilon", dense(7), 0.1, over(3), 3),
        new Case("norms of images below epsilon", conv(16), 0.1, over(3), 3),
        // Deeplearning4j compares the cubes of norms, too, with epsilon.
        new Case("cubes of norms below epsilon", dense(7), 1e-3, usual, 3),
        new Case("cubes of norms of images below epsilon", conv(5), 3e-4, usual, 3),
        new Case("zeros", dense(7), 0, usual, 3));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void outputEqualsStockDeeplearning4j(Case sample) {
    Oracle.inference(sample.network("head", "normalised"), Oracle.TOLERANCE, sample.data());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void lossAndGradientsEqualStockDeeplearning4j(Case sample) {
    Oracle.training(
        sample.network("head"),
        Oracle.TOLERANCE,
        new DataSet(sample.data(), Samples.labels(3, sample.images, Samples.CLASSES)));
  }

  static Stream<GraphParityTest.Case> graphs() {
    return Stream.of(
        new GraphParityTest.Case(
            "normalised images", w -> w.vertex("z", new L2NormalizeVertex(), "a")),
        new GraphParityTest.Case(
            "normalised vectors",
            w ->
                w.layer("b", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), "a")
                    .vertex("z", new L2NormalizeVertex(), "b")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("graphs")
  void outputOfAGraphEqualsStockDeeplearning4j(GraphParityTest.Case sample) {
    GraphParityTest.requireEqualOutputs(sample);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("graphs")
  void gradientsOfAGraphEqualStockDeeplearning4j(GraphParityTest.Case sample) {
    GraphParityTest.requireEqualGradients(sample);
  }

  /** Deeplearning4j computes outputs over axis 1 of images, but wrong ones of a single image. */
  @Test
  void otherAxesAreRefused() {
    Map<Case, String> refused =
        Map.of(
            new Case("pixels", conv(5), over(EPSILON, 1)),
            "an L2 normalisation over the axes [1] instead of [1, 2, 3]",
            new Case("channels", conv(5), over(EPSILON, 2, 3)),
            "an L2 normalisation over the axes [2, 3] instead of [1, 2, 3]",
            new Case("batch", dense(5), over(EPSILON, 0)),
            "an L2 normalisation over the axes [0] instead of [1]",
            new Case("everything", dense(5), over(EPSILON, 0, 1)),
            "an L2 normalisation over the axes [0, 1] instead of [1]");
    refused.forEach(
        (sample, reason) ->
            assertThatThrownBy(() -> OneDnn.accelerate(sample.network("head")))
                .isInstanceOf(UnsupportedGraphException.class)
                .hasMessageContaining("vertex \"normalised\": " + reason));
  }

  @Test
  @RequiresAvx512
  void bfloat16FollowsSinglePrecision() {
    ComputationGraph network =
        new Case("images", conv(32), new L2NormalizeVertex()).network("normalised", "head");
    INDArray images = Samples.images(2, 3, 3, 5, 4);
    INDArray expected = network.output(images)[0];
    CompileOptions half = CompileOptions.inference().precision(Precision.BF16);
    try (CompiledNetwork compiled = OneDnn.compile(network, half)) {
      Oracle.close(
          "normalised", expected, compiled.outputs(images)[0], new Oracle.Tolerance(0.02, 0));
    }
  }
}
