package org.resnet4j.network;

import static java.util.stream.Collectors.toSet;
import static java.util.stream.Collectors.toUnmodifiableList;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Sgd;
import org.resnet4j.arch.Activation;
import org.resnet4j.arch.AntiAliasing;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Attention;
import org.resnet4j.arch.BlockKind;
import org.resnet4j.arch.ConvBias;
import org.resnet4j.arch.Downsampling;
import org.resnet4j.arch.HeadPooling;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.NormKind;
import org.resnet4j.arch.Plan;
import org.resnet4j.arch.Projection;
import org.resnet4j.arch.Shape;
import org.resnet4j.arch.ShortcutKind;
import org.resnet4j.arch.Stem;

/**
 * Narrow networks of every block kind, stem, shortcut, projection and downsampling equal PyTorch:
 * inference, and one training step with all gradients.
 */
class SmallNetworkParityTest {
  private static final List<String> FILES =
      List.of(
          "basic-imagenet",
          "basic-deep",
          "basic-cifar",
          "bottleneck-imagenet",
          "bottleneck-deep",
          "bottleneck-cifar",
          "bottleneck-imagenet-v1",
          "bottleneck-deep-v1",
          "bottleneck-cifar-v1",
          "preact_basic-imagenet",
          "preact_basic-deep",
          "preact_basic-cifar",
          "preact_bottleneck-imagenet",
          "preact_bottleneck-deep",
          "preact_bottleneck-cifar",
          "preact_bottleneck-imagenet-v1",
          "preact_bottleneck-deep-v1",
          "preact_bottleneck-cifar-v1",
          "grouped",
          "squeezed",
          "preact_basic-imagenet_zero_padded",
          "preact_basic-imagenet_normed",
          "preact_bottleneck-imagenet_zero_padded",
          "preact_bottleneck-imagenet_normed",
          "preact_bottleneck-imagenet_zero_padded-v1",
          "preact_bottleneck-imagenet_normed-v1",
          "preact_bottleneck-imagenet-last",
          "preact_bottleneck-deep-last",
          "preact_bottleneck-cifar-last",
          "preact_bottleneck-imagenet_zero_padded-last",
          "preact_bottleneck-imagenet_normed-last",
          "variants",
          "paths",
          "functions",
          "channels",
          "blurs",
          "norms",
          "mixed",
          "dilations");

  /** The stems by their names in the goldens. */
  private static final Map<String, IntFunction<Stem>> STEMS =
      Map.of(
          "IMAGENET", Stem::imagenet,
          "IMAGENET_ZERO_PADDED",
              width -> Stem.imagenet(width).withPooling(Stem.Pooling.MAX_ZERO_PADDED),
          "IMAGENET_NORMED",
              width -> Stem.imagenet(width).withNorms(Stem.Norms.IMAGES_AND_ALL_CONVOLUTIONS),
          "DEEP", Stem::deep,
          "CIFAR", Stem::cifar,
          "DENSE", Stem::linear);

  private static final ParityReport REPORT = new ParityReport();

  static Stream<Golden> goldens() {
    return FILES.stream().map(Golden::read).flatMap(List::stream);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("goldens")
  void doubleNetworkEqualsPyTorch(Golden golden) {
    // ND4J keeps the slope of a leaky ReLU as a float, 2e-10 from 0.01.
    compare(golden, DataType.DOUBLE, golden.name().equals("leaky-relu") ? 1e-9 : 1e-10);
  }

  static Stream<Golden> smallest() {
    return goldens().filter(golden -> isSmallest(golden));
  }

  static Stream<Golden> others() {
    return goldens().filter(golden -> !isSmallest(golden));
  }

  private static boolean isSmallest(Golden golden) {
    return golden.file().endsWith("-cifar") || !golden.file().contains("-");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("smallest")
  void smallestFloatNetworkEqualsPyTorch(Golden golden) {
    compare(golden, DataType.FLOAT, 1e-4);
  }

  @Tag("slow")
  @ParameterizedTest(name = "{0}")
  @MethodSource("others")
  void otherFloatNetworkEqualsPyTorch(Golden golden) {
    compare(golden, DataType.FLOAT, 1e-4);
  }

  private static void compare(Golden golden, DataType type, double tolerance) {
    Parity parity =
        new Parity(
            golden,
            ResNetGraph.of(architecture(golden)).dataType(type).updater(sgd(golden)).network(),
            TorchNames.OURS,
            tolerance);
    REPORT.add(golden.file(), type, "inference", parity.inference());
    REPORT.add(golden.file(), type, "training", parity.training());
  }

  @AfterAll
  static void report() {
    REPORT.print();
  }

  @Test
  void everyValidCombinationHasAGolden() {
    List<Architecture> architectures =
        goldens().map(SmallNetworkParityTest::architecture).collect(toUnmodifiableList());
    Set<List<Node>> covered =
        architectures.stream().map(architecture -> Plan.of(architecture).nodes()).collect(toSet());
    List<String> missing = new ArrayList<>();
    for (BlockKind block : BlockKind.values()) {
      for (IntFunction<Stem> stem : STEMS.values()) {
        Architecture architecture =
            architectures.stream()
                .filter(next -> next.blocks().kind() == block)
                .filter(next -> next.stem().equals(stem.apply(next.stem().width())))
                .filter(next -> next.convBias() == ConvBias.ABSENT)
                .findFirst()
                .orElse(architectures.get(0));
        combinations(architecture, block, stem)
            .filter(combination -> !covered.contains(Plan.of(combination).nodes()))
            .forEach(combination -> missing.add(combination.toString()));
      }
    }
    assertThat(missing).isEmpty();
  }

  /** Returns the architectures with {@code block} and {@code stem} that the constructor allows. */
  private static Stream<Architecture> combinations(
      Architecture architecture, BlockKind block, IntFunction<Stem> stem) {
    Stream.Builder<Architecture> legal = Stream.builder();
    for (ShortcutKind shortcut : List.of(ShortcutKind.A, ShortcutKind.B, ShortcutKind.C)) {
      for (Projection projection : Projection.values()) {
        for (Downsampling downsampling : Downsampling.values()) {
          try {
            legal.add(
                architecture.with(
                    next ->
                        next.block(block)
                            .stem(stem)
                            .shortcut(shortcut)
                            .projection(projection)
                            .downsampling(downsampling)));
          } catch (IllegalArgumentException refused) {
            // The constructor refuses it, for example a dense block with a convolutional stem.
          }
        }
      }
    }
    return legal.build();
  }

  static Sgd sgd(Golden golden) {
    return new Sgd(Double.parseDouble(golden.field("rate")));
  }

  /** Returns the architecture that a golden's fields describe. */
  static Architecture architecture(Golden golden) {
    return Architectures.byName("resnet18")
        .with(
            architecture ->
                architecture
                    .name(golden.name())
                    .block(BlockKind.valueOf(golden.field("block")))
                    .stem(stem(golden.field("stem")))
                    .shortcut(ShortcutKind.valueOf(golden.field("shortcut")))
                    .projection(Projection.valueOf(golden.field("projection")))
                    .downsampling(Downsampling.valueOf(golden.field("downsampling")))
                    .convBias(ConvBias.valueOf(golden.field("bias")))
                    .input(Shape.parse(golden.field("input")))
                    .classes(golden.number("classes"))
                    .stemWidth(golden.number("stemWidth"))
                    .depths(numbers(golden.field("depths")))
                    .widths(numbers(golden.field("widths")))
                    .groups(Integer.parseInt(golden.field("groups", "1")))
                    .baseWidth(golden.number("baseWidth"))
                    .attention(Attention.valueOf(golden.field("attention", "NONE")))
                    .antiAliasing(AntiAliasing.valueOf(golden.field("antiAliasing", "NONE")))
                    .activation(Activation.valueOf(golden.field("activation", "RELU")))
                    .headPooling(HeadPooling.valueOf(golden.field("headPooling", "AVG")))
                    .norm(NormKind.valueOf(golden.field("norm", "BATCH")))
                    .normGroups(Integer.parseInt(golden.field("normGroups", "32")))
                    .normMomentum(Double.parseDouble(golden.field("normMomentum", "0.1")))
                    .stochasticDepth(Double.parseDouble(golden.field("stochasticDepth", "0"))))
        .with(
            architecture ->
                golden.fields().containsKey("blocks")
                    ? architecture.blocks(
                        Arrays.stream(golden.field("blocks").split(",", -1))
                            .map(BlockKind::valueOf)
                            .toArray(BlockKind[]::new))
                    : architecture)
        .with(
            architecture ->
                golden.fields().containsKey("outputStride")
                    ? architecture.outputStride(golden.number("outputStride"))
                    : architecture);
  }

  private static IntFunction<Stem> stem(String name) {
    // A tiered stem is a deep stem with other widths and needs no golden of its own.
    return name.equals("TIERED") ? Stem::tiered : Objects.requireNonNull(STEMS.get(name), name);
  }

  private static int[] numbers(String text) {
    return Arrays.stream(text.split(",", -1)).mapToInt(Integer::parseInt).toArray();
  }
}
