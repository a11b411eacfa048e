package org.resnet4j.onednn;

import static java.util.Objects.requireNonNull;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Bottleneck;
import org.resnet4j.arch.Family;
import org.resnet4j.network.ResNetGraph;

/**
 * Logits of every row of the table, with statistics that are no special case, against stock
 * Deeplearning4j in double precision. Tolerance: 1e-4 of the largest logit.
 */
class ArchitectureParityTest {
  /** Blocks; deeper rows are left to the slow tests. */
  private static final int DEEP = 60;

  private static final Map<String, Double> ERRORS = new TreeMap<>();

  static Stream<Architecture> rows() {
    return Architectures.all().stream();
  }

  static Stream<Architecture> shallow() {
    return rows().filter(row -> blocks(row) < DEEP).map(ArchitectureParityTest::narrow);
  }

  private static int blocks(Architecture row) {
    return row.blocks().depths().stream().mapToInt(depth -> depth).sum();
  }

  /** An eighth of the channels, everything else as it is. */
  private static Architecture narrow(Architecture row) {
    Bottleneck bottleneck = row.blocks().bottleneck();
    return row.stem().convolutions().isEmpty()
        ? row
        : row.with(
            next ->
                next.stemWidth(row.stem().width() / 8)
                    // Fewer groups, each as wide as it was.
                    .groups(Math.max(1, bottleneck.groups() / 8))
                    .baseWidth(bottleneck.baseWidth() * (bottleneck.groups() == 1 ? 1 : 8))
                    .widths(row.blocks().widths().stream().mapToInt(width -> width / 8).toArray())
                    .classes(10));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("shallow")
  void logitsOfANarrowNetworkAreStocks(Architecture row) {
    compare(row, "narrow");
  }

  @Tag("slow")
  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void logitsAreStocks(Architecture row) {
    compare(row, "full");
  }

  /**
   * Widths that go through in blocks of 16 channels, among them zero channels that begin within a
   * block. Stage widths of one block each keep ReLUs few; none of them is at its kink.
   */
  static Stream<Architecture> blocked() {
    return Stream.of(
            Architectures.byName("resnet20_cifar").with(arch -> arch.input(3, 16, 16)),
            Architectures.byName("resnet20_cifar_b").with(arch -> arch.input(3, 16, 16)),
            Architectures.byName("resnet50").with(arch -> arch.input(3, 33, 33).stemWidth(16)),
            Architectures.byName("resnet50d").with(arch -> arch.input(3, 33, 33).stemWidth(32)),
            Architectures.byName("resnet18_v2").with(arch -> arch.input(3, 33, 33).stemWidth(16)),
            Architectures.byName("seresnet50").with(arch -> arch.input(3, 33, 33).stemWidth(16)),
            Architectures.byName("resnext50_32x4d")
                .with(arch -> arch.input(3, 33, 33).stemWidth(16).groups(2).baseWidth(64)))
        .map(row -> row.with(next -> next.depths(1, 1, 1).widths(16, 32, 48).classes(10)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("blocked")
  void trainingInBlocksIsStocks(Architecture row) {
    ComputationGraph network = Samples.network(ResNetGraph.of(row).configuration(), 1);
    int[] shape = {row.input().channels(), row.input().height(), row.input().width()};
    Oracle.training(
        network, Oracle.TOLERANCE, Samples.batch(3, 10, 4, shape[0], shape[1], shape[2]));
    Oracle.inference(network, Oracle.TOLERANCE, Samples.images(2, 3, shape[0], shape[1], shape[2]));
  }

  private static void compare(Architecture row, String width) {
    // 33 to 64 pixels leave more than one where an ImageNet network ends.
    Architecture small =
        row.family() == Family.IMAGENET || row.name().equals("resnet18_d2l")
            ? row.with(next -> next.input(row.input().channels(), 64, 64))
            : row;
    ComputationGraphConfiguration configuration = ResNetGraph.of(small).configuration();
    String head = configuration.getNetworkOutputs().get(0);
    LayerVertex vertex = requireNonNull((LayerVertex) configuration.getVertices().get(head));
    if (vertex.getLayerConf().getLayer() instanceof BaseLayer classifier) {
      classifier.setActivationFn(new ActivationIdentity());
    }
    ComputationGraph network = Samples.network(configuration, 1);
    if (blocks(row) > DEEP) {
      // Otherwise the sums of six hundred blocks leave single precision's range.
      network
          .paramTable()
          .forEach((name, value) -> value.muli(name.endsWith("bn2_gamma") ? 0.1 : 1));
    }
    INDArray images =
        small.input().isVector()
            ? Samples.images(2, 3, small.input().channels())
            : Samples.images(
                2, 3, small.input().channels(), small.input().height(), small.input().width());
    double error = Oracle.inference(network, Oracle.TOLERANCE, images);
    ERRORS.merge(width + " " + row.blocks().kind(), error, Math::max);
  }

  @AfterAll
  static void report() {
    ERRORS.forEach(
        (what, error) -> System.out.printf(Locale.ROOT, "logits %-28s %.1e%n", what, error));
  }
}
