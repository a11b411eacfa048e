package org.resnet4j.network;

import java.util.Locale;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Named;
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

/** The gradients of tiny networks of every kind equal central differences in double precision. */
class GradientCheckTest {
  private static final int BATCH = 3;

  private static double worst;

  static Stream<Named<Architecture>> namedArchitectures() {
    return architectures().map(arch -> Named.of(arch.name(), arch));
  }

  private static Stream<Architecture> architectures() {
    return SmallNetworkParityTest.goldens()
        .map(SmallNetworkParityTest::architecture)
        .filter(architecture -> architecture.stem().pooling() == Stem.Pooling.NONE)
        .map(GradientCheckTest::tiny);
  }

  private static Architecture tiny(Architecture architecture) {
    Bottleneck bottleneck = architecture.blocks().bottleneck();
    return architecture.input().isVector()
        ? architecture.with(
            dense -> dense.input(3, 1, 1).classes(2).stemWidth(4).depths(2).widths(4))
        : architecture.with(
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
  @MethodSource("namedArchitectures")
  void everyGradientEqualsItsCentralDifference(Architecture architecture) {
    check(architecture, Integer.MAX_VALUE);
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
  void threeGradientsPerTensorEqualTheirCentralDifferences(String name) {
    check(
        architectures()
            .filter(architecture -> architecture.name().equals(name))
            .findFirst()
            .orElseThrow(),
        3);
  }

  private static void check(Architecture architecture, int most) {
    ComputationGraph network = ResNetGraph.of(architecture).dataType(DataType.DOUBLE).network();
    Formula.fill(network, TorchNames.OURS);
    worst =
        Math.max(
            worst,
            CentralDifferences.check(architecture.name(), network, batch(architecture), most));
  }

  private static DataSet batch(Architecture architecture) {
    Shape input = architecture.input();
    INDArray images =
        input.isVector()
            ? Formula.images(BATCH, input.channels())
            : Formula.images(BATCH, input.channels(), input.height(), input.width());
    return new DataSet(
        images.castTo(DataType.DOUBLE),
        Formula.labels(BATCH, architecture.classes()).castTo(DataType.DOUBLE));
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
