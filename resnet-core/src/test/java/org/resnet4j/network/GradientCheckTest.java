package org.resnet4j.network;

import java.util.Locale;
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
import org.resnet4j.arch.Bottleneck;
import org.resnet4j.arch.Shape;
import org.resnet4j.arch.Stem;

/** Backpropagation through tiny networks of every kind, in double. */
class GradientCheckTest {
  private static final int BATCH = 3;

  private static double worst;

  static Stream<Architecture> rows() {
    return SmallNetworkParityTest.goldens()
        .map(SmallNetworkParityTest::architecture)
        .filter(row -> row.stem().pooling() == Stem.Pooling.NONE)
        .map(GradientCheckTest::tiny);
  }

  private static Architecture tiny(Architecture row) {
    Bottleneck bottleneck = row.blocks().bottleneck();
    return row.input().isVector()
        ? row.with(dense -> dense.input(3, 1, 1).classes(2).stemWidth(4).depths(2).widths(4))
        : row.with(
            next ->
                next.input(1, 5, 4)
                    .classes(2)
                    .stemWidth(2)
                    .depths(1, 1)
                    .widths(2, 3)
                    .baseWidth(bottleneck.groups() > 1 ? 96 : bottleneck.baseWidth()));
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
        "grouped-v1",
        "grouped-cifar-A",
        "squeezed-basic",
        "squeezed-preact-bottleneck",
        "dense"
      })
  void gradientsOfThreeValuesATensorAreCentralDifferences(String name) {
    check(rows().filter(row -> row.name().equals(name)).findFirst().orElseThrow(), 3);
  }

  private static void check(Architecture row, int most) {
    ComputationGraph network = ResNetGraph.of(row).dataType(DataType.DOUBLE).network();
    Formula.fill(network, TorchNames.OURS);
    worst = Math.max(worst, CentralDifferences.check(row.name(), network, batch(row), most));
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
    System.out.printf(
        Locale.ROOT,
        "gradient check DOUBLE epsilon %.0e %.1e%n",
        CentralDifferences.EPSILON,
        worst);
  }
}
