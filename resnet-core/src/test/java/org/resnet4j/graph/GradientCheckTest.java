package org.resnet4j.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Shape;
import org.resnet4j.arch.Stem;

/**
 * Backpropagation against central differences of the loss, in double, for tiny networks.
 * Deeplearning4j's {@code GradientCheckUtil} skips the weight after each tensor that it is told to
 * leave out, as running statistics must be, hence this one.
 */
class GradientCheckTest {
  /** Few enough ReLUs are this near to their kink that none is met with the formula's numbers. */
  private static final double EPSILON = 1e-6;

  /** Relative to the tensor's largest gradient. */
  private static final double TOLERANCE = 1e-6;

  /** Tensors of which every gradient is below are compared with the largest of the network. */
  private static final double VANISHING = 1e-12;

  private static final int BATCH = 3;

  private static double worst;

  static Stream<Architecture> rows() {
    return SmallNetworkParityTest.goldens()
        .map(SmallNetworkParityTest::architecture)
        .filter(row -> row.stem() == Stem.CIFAR || row.stem() == Stem.DENSE)
        .map(GradientCheckTest::tiny);
  }

  private static Architecture tiny(Architecture row) {
    return row.stem() == Stem.DENSE
        ? row.with(dense -> dense.input(3, 1, 1).classes(2).stemWidth(4).depths(2).widths(4))
        : row.with(next -> next.input(1, 5, 4).classes(2).stemWidth(2).depths(1, 1).widths(2, 3));
  }

  @Tag("slow")
  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void gradientsOfEveryValueAreCentralDifferences(Architecture row) {
    check(row, Integer.MAX_VALUE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "basic-cifar-A",
        "basic-cifar-B-pool_conv_norm",
        "basic-cifar-C-conv",
        "bottleneck-cifar-B-conv_norm",
        "preact_basic-cifar-A",
        "preact_bottleneck-cifar-B-conv",
        "dense"
      })
  void gradientsOfThreeValuesATensorAreCentralDifferences(String name) {
    check(rows().filter(row -> row.name().equals(name)).findFirst().orElseThrow(), 3);
  }

  private static void check(Architecture row, int most) {
    ComputationGraph network = ResNetGraph.of(row).dataType(DataType.DOUBLE).network();
    Formula.fill(network, TorchNames.OURS);
    DataSet batch = batch(row);
    network.setInput(0, batch.getFeatures());
    network.setLabels(batch.getLabels());
    network.computeGradientAndScore();
    Map<String, INDArray> gradients = new TreeMap<>();
    network
        .gradient()
        .gradientForVariable()
        .forEach(
            (name, gradient) -> {
              if (!Parity.isStatistic(name)) {
                gradients.put(name, gradient.div(BATCH));
              }
            });
    double largest =
        gradients.values().stream().mapToDouble(GradientCheckTest::largest).max().orElseThrow();
    gradients.forEach(
        (name, gradient) -> {
          double scale = largest(gradient) < VANISHING ? largest : largest(gradient);
          double error = largestDifference(network, batch, name, gradient, most) / scale;
          assertThat(error)
              .as("%s: relative error of the gradient of %s", row.name(), name)
              .isLessThan(TOLERANCE);
          worst = Math.max(worst, error);
        });
  }

  /** Over {@code most} values, or all if there are fewer. */
  private static double largestDifference(
      ComputationGraph network, DataSet batch, String name, INDArray gradient, int most) {
    INDArray parameter = network.getParam(name);
    double largest = 0;
    long step = Math.max(1, parameter.length() / most);
    for (long i = 0; i < parameter.length(); i += step) {
      double value = parameter.getDouble(i);
      parameter.putScalar(i, value + EPSILON);
      double above = network.score(batch, true);
      parameter.putScalar(i, value - EPSILON);
      double below = network.score(batch, true);
      parameter.putScalar(i, value);
      double difference = (above - below) / (2 * EPSILON);
      largest = Math.max(largest, Math.abs(difference - gradient.getDouble(i)));
    }
    return largest;
  }

  private static double largest(INDArray gradient) {
    return gradient.amaxNumber().doubleValue();
  }

  private static DataSet batch(Architecture row) {
    Shape input = row.input();
    INDArray images =
        input.isVector()
            ? Formula.images(BATCH, input.channels())
            : Formula.images(BATCH, input.channels(), input.height(), input.width());
    return new DataSet(
        images.castTo(DataType.DOUBLE),
        Formula.labels(BATCH, row.classes()).castTo(DataType.DOUBLE));
  }

  @AfterAll
  static void report() {
    System.out.printf("gradient check DOUBLE epsilon %.0e %.1e%n", EPSILON, worst);
  }
}
