package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.network.ResNetGraph;

/**
 * Stochastic depth and DropBlock on the engine drop the branches and squares that stock
 * Deeplearning4j drops with the same seed. Tolerance: 1e-4 of the largest change of a parameter, as
 * of other networks.
 */
class StochasticDepthParityTest {
  private static final int STEPS = 4;

  private static Architecture depth(int width) {
    return narrow(width).with(arch -> arch.stochasticDepth(0.7));
  }

  private static Architecture squares(int width) {
    return narrow(width).with(arch -> arch.dropBlock(0.4));
  }

  private static Architecture narrow(int width) {
    return Architectures.byName("resnet20_cifar_b")
        .with(
            arch ->
                arch.depths(2, 2, 1)
                    .input(3, 9, 8)
                    .stemWidth(width)
                    .widths(width, 2 * width, 3 * width));
  }

  /** Widths of 6 are in channels-last layout, those of 16 in blocks. */
  static Stream<Architecture> architectures() {
    return Stream.of(depth(6), depth(16), squares(6), squares(16));
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void equalSeedsDropTheSameAsStockDeeplearning4j(Architecture architecture) {
    ComputationGraph network = network(architecture);
    ComputationGraph fast = OneDnn.accelerate(network.clone());
    INDArray before = network.params().dup();

    INDArray expected = trained(network, 5).sub(before);
    INDArray actual = trained(fast, 5).sub(before);

    assertThat(actual.sub(expected).amaxNumber().doubleValue())
        .isLessThan(1e-4 * expected.amaxNumber().doubleValue());
    INDArray other = trained(network(architecture), 6).sub(before);
    assertThat(other.sub(expected).amaxNumber().doubleValue())
        .isGreaterThan(1e-2 * expected.amaxNumber().doubleValue());
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void equalSeedsGiveBitwiseEqualParameters(Architecture architecture) {
    assertThat(trained(OneDnn.accelerate(network(architecture)), 5))
        .isEqualTo(trained(OneDnn.accelerate(network(architecture)), 5));
  }

  private static ComputationGraph network(Architecture architecture) {
    return ResNetGraph.of(architecture).seed(3).network();
  }

  private static INDArray trained(ComputationGraph network, int seed) {
    Nd4j.getRandom().setSeed(seed);
    for (int step = 0; step < STEPS; step++) {
      network.fit(new DataSet(Samples.images(step, 6, 3, 9, 8), Samples.labels(step, 6, 10)));
    }
    return network.params().dup();
  }
}
