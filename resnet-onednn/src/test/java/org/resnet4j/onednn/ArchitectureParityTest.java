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
import org.junit.jupiter.api.Named;
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
 * The logits of every architecture, with non-trivial statistics, equal stock Deeplearning4j in
 * double precision. Tolerance: 1e-4 of the largest logit.
 */
class ArchitectureParityTest {
  /** The number of blocks from which an architecture is left to the slow tests. */
  private static final int DEEP = 60;

  private static final Map<String, Double> ERRORS = new TreeMap<>();

  static Stream<Named<Architecture>> architectures() {
    return named(Architectures.all().stream());
  }

  static Stream<Named<Architecture>> shallow() {
    return named(
        Architectures.all().stream()
            .filter(arch -> blocks(arch) < DEEP)
            .map(ArchitectureParityTest::narrow));
  }

  private static Stream<Named<Architecture>> named(Stream<Architecture> all) {
    return all.map(arch -> Named.of(arch.name(), arch));
  }

  private static int blocks(Architecture architecture) {
    return architecture.blocks().depths().stream().mapToInt(depth -> depth).sum();
  }

  /** Returns the architecture with an eighth of the channels. */
  private static Architecture narrow(Architecture architecture) {
    Bottleneck bottleneck = architecture.blocks().bottleneck();
    return architecture.stem().convolutions().isEmpty()
        ? architecture
        : architecture.with(
            next ->
                next.stemWidth(architecture.stem().width() / 8)
                    // Fewer groups, each as wide as it was.
                    .groups(Math.max(1, bottleneck.groups() / 8))
                    .baseWidth(bottleneck.baseWidth() * (bottleneck.groups() == 1 ? 1 : 8))
                    .widths(
                        architecture.blocks().widths().stream()
                            .mapToInt(width -> width / 8)
                            .toArray())
                    .normGroups(architecture.norms().groups() / 8)
                    .classes(10));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("shallow")
  void logitsOfANarrowNetworkEqualStockDeeplearning4j(Architecture architecture) {
    compare(architecture, "narrow");
  }

  @Tag("slow")
  @ParameterizedTest(name = "{0}")
  @MethodSource("architectures")
  void logitsAtFullWidthEqualStockDeeplearning4j(Architecture architecture) {
    compare(architecture, "full");
  }

  /**
   * Returns architectures whose widths are blocks of 16 channels, among them zero channels that
   * begin within a block. Stage widths of one block each keep ReLUs few; none of them is at its
   * kink.
   */
  static Stream<Named<Architecture>> blocked() {
    return named(
        Stream.of(
                Architectures.byName("resnet20_cifar").with(arch -> arch.input(3, 16, 16)),
                Architectures.byName("resnet20_cifar_b").with(arch -> arch.input(3, 16, 16)),
                Architectures.byName("resnet50").with(arch -> arch.input(3, 33, 33).stemWidth(16)),
                Architectures.byName("resnet50d").with(arch -> arch.input(3, 33, 33).stemWidth(32)),
                Architectures.byName("resnet18_v2")
                    .with(arch -> arch.input(3, 33, 33).stemWidth(16)),
                Architectures.byName("seresnet50")
                    .with(arch -> arch.input(3, 33, 33).stemWidth(16)),
                Architectures.byName("resnext50_32x4d")
                    .with(arch -> arch.input(3, 33, 33).stemWidth(16).groups(2).baseWidth(64)))
            .map(
                architecture ->
                    architecture.with(
                        next -> next.depths(1, 1, 1).widths(16, 32, 48).classes(10))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("blocked")
  void trainingInBlockedLayoutEqualsStockDeeplearning4j(Architecture architecture) {
    ComputationGraph network = Samples.network(ResNetGraph.of(architecture).configuration(), 1);
    int[] shape = {
      architecture.input().channels(), architecture.input().height(), architecture.input().width()
    };
    Oracle.training(
        network, Oracle.TOLERANCE, Samples.batch(3, 10, 4, shape[0], shape[1], shape[2]));
    Oracle.inference(network, Oracle.TOLERANCE, Samples.images(2, 3, shape[0], shape[1], shape[2]));
  }

  private static void compare(Architecture architecture, String width) {
    // Inputs of 33 to 64 pixels leave more than one pixel at the end of an ImageNet network.
    Architecture small =
        architecture.family() == Family.IMAGENET || architecture.name().equals("resnet18_d2l")
            ? architecture.with(next -> next.input(architecture.input().channels(), 64, 64))
            : architecture;
    ComputationGraphConfiguration configuration = ResNetGraph.of(small).configuration();
    String head = configuration.getNetworkOutputs().get(0);
    LayerVertex vertex = requireNonNull((LayerVertex) configuration.getVertices().get(head));
    if (vertex.getLayerConf().getLayer() instanceof BaseLayer classifier) {
      classifier.setActivationFn(new ActivationIdentity());
    }
    ComputationGraph network = Samples.network(configuration, 1);
    if (blocks(architecture) > DEEP) {
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
    ERRORS.merge(width + " " + architecture.blocks().kind(), error, Math::max);
  }

  @AfterAll
  static void report() {
    ERRORS.forEach(
        (what, error) -> System.out.printf(Locale.ROOT, "logits %-28s %.1e%n", what, error));
  }
}
