package org.resnet4j.arch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.support.Json;

@Tag("locale")
class ArchitectureTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "resnet18, 17",
    "resnet50d, 17",
    "resnet20_cifar, 3",
    "cifar3stage, 9",
    "resnet18_cifar, 5"
  })
  void smallestInputLeavesTwoPixelsForTheLastStrideAndSmallerOnesAreRefused(
      String name, int smallest) {
    Architecture architecture = Architectures.byName(name);

    Plan plan = Plan.of(architecture.with(next -> next.input(3, smallest, smallest)));
    assertThat(plan.stageShapes().get(plan.stageShapes().size() - 2).height()).isEqualTo(2);
    assertThat(plan.stageShapes().get(plan.stageShapes().size() - 1).height()).isEqualTo(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> architecture.with(next -> next.input(3, smallest + 40, smallest - 1)))
        .withMessageContaining("the smallest is 3x%s%s".formatted(smallest, "x" + smallest));
  }

  static Stream<Arguments> invalidArchitectures() {
    return Stream.of(
        refused(
            "resnet50",
            arch -> arch.classes(0),
            "resnet50: expected 1 to 1048576 classes but was 0"),
        refused(
            "resnet50",
            arch -> arch.depths(3, 4, 6),
            "expected one width per stage but depths were [3, 4, 6] and widths [64, 128, 256, 512]"),
        refused(
            "resnet50",
            arch -> arch.depths(3, 4, 0, 3),
            "expected at least one block in every stage but depths were [3, 4, 0, 3]"),
        refused("resnet50", arch -> arch.widths(64, 128, -1, 512), "expected widths from 1 to"),
        refused(
            "resnet50",
            arch -> arch.epsilon(0),
            "resnet50: epsilon: expected a number above 0 but was 0"),
        refused(
            "resnet50",
            arch -> arch.epsilon(Double.NaN),
            "resnet50: epsilon: expected a number above 0 and at most 1 but was NaN"),
        refused("resnet50", arch -> arch.epsilon(2), "at most 1 but was 2.0"),
        refused(
            "resnet50",
            arch -> arch.dropout(1),
            "dropout: expected a probability in [0, 1) but was 1.0"),
        refused(
            "resnet50",
            arch -> arch.dropout(Double.NaN),
            "dropout: expected a probability in [0, 1) but was NaN"),
        refused(
            "resnet18",
            arch -> arch.downsampling(Downsampling.FIRST_CONV),
            "only bottlenecks can take the stride in their first 1x1 or in another block, but the"
                + " block was BASIC"),
        refused(
            "resnet18",
            arch -> arch.dropout(0.5).head(HeadKind.FEATURES),
            "dropout needs a classifier, but the head was FEATURES"),
        refused(
            "resnet50d",
            arch -> arch.stemWidth(33),
            "resnet50d: stem: expected a width in which the channels 32-32-64 have whole parts but"
                + " was 33"),
        refused(
            "resnet18",
            arch -> arch.baseWidth(128),
            "only bottlenecks can have a value other than 64, but it was 128 with block BASIC"),
        refused(
            "resnet18",
            arch -> arch.groups(2),
            "groups: only bottlenecks have more than one, but there were 2 with block BASIC"),
        refused(
            "resnet50",
            arch -> arch.groups(0),
            "resnet50: groups: expected at least 1 but there were 0"),
        refused(
            "resnext50_32x4d",
            arch -> arch.widths(8, 128, 256, 512),
            "stage 0: expected 1 to 1048576 channels inside a block but there were 0: 32 groups of"
                + " 8·4/64"),
        refused(
            "resnet50",
            arch -> arch.groups(1 << 20),
            "stage 0: expected 1 to 1048576 channels inside a block but there were 67108864"),
        refused(
            "residual_mlp",
            arch -> arch.attention(Attention.SQUEEZE_EXCITATION),
            "dense blocks have no channels to weigh, but the attention was SQUEEZE_EXCITATION"),
        refused(
            "resnet50_v2",
            arch -> arch.projection(Projection.CONV_NORM),
            "pre-activation blocks project with a bare convolution (CONV) but projection was"
                + " CONV_NORM"),
        refused(
            "resnet50_v2",
            arch -> arch.init(Init.ZERO_INIT_RESIDUAL),
            "there is no batch norm for a zero-init residual"),
        refused(
            "resnet50",
            arch -> arch.downsampling(Downsampling.LAST_BLOCK),
            "resnet50: downsampling: only pre-activation bottlenecks can take the stride in the"
                + " last block, but the block was BOTTLENECK"),
        refused(
            "resnet50_v2_keras",
            arch -> arch.shortcut(ShortcutKind.C),
            "only pre-activation bottlenecks with shortcut B can take the stride in the last block,"
                + " but the shortcut was C"),
        refused(
            "resnet50_v2_keras",
            arch -> arch.strides(2, 2, 2, 2),
            "no stage before the first can take its stride in its last block, but strides were [2,"
                + " 2, 2, 2]"),
        refused(
            "resnet50",
            arch -> arch.convBias(ConvBias.BARE),
            "only pre-activation networks have convolutions without a norm after them, but the"
                + " block was BOTTLENECK"),
        refused(
            "resnet50",
            arch -> arch.stem(Stem.imagenet(64).withNorms(Stem.Norms.IMAGES_AND_ALL_CONVOLUTIONS)),
            "stem batch norm + conv 7x7/2 64 + max pool: only pre-activation networks differ by its"
                + " norms and zero edges, but the block was BOTTLENECK"),
        refused(
            "resnet50",
            arch -> arch.stem(Stem.imagenet(64).withPooling(Stem.Pooling.MAX_ZERO_PADDED)),
            "stem conv 7x7/2 64 + max pool of zero edges: only pre-activation networks differ by"
                + " its norms and zero edges"),
        refused(
            "resnet50",
            arch -> arch.stem(Stem.linear(64)),
            "no other blocks go with a linear stem, but the stem was linear 64 and the block"
                + " BOTTLENECK"),
        refused(
            "residual_mlp",
            arch -> arch.stem(Stem::cifar),
            "dense blocks go with a linear stem or none, and no other blocks go with a linear stem,"
                + " but the stem was conv 3x3 24 and the block DENSE"),
        refused(
            "residual_mlp",
            arch -> arch.strides(2),
            "dense blocks have no strides, but they were [2]"),
        refused(
            "resnet50",
            arch -> arch.strides(1, 2, 2),
            "expected one stride per stage but depths were"),
        refused(
            "resnet50",
            arch -> arch.strides(1, 2, 3, 2),
            "expected strides of 1 or 2 but they were"),
        refused(
            "resnet50",
            arch -> arch.stemWidth(0),
            "resnet50: expected a stem of 1 to 1048576 channels but it had 0"),
        refused(
            "residual_block",
            arch -> arch.stemWidth(64),
            "residual_block: stem: an empty stem has no width, but it was 64"),
        refused(
            "resnet50",
            arch -> arch.depths(3, 4, 5000, 3),
            "expected at most 4096 blocks in all stages but depths were [3, 4, 5000, 3]"),
        refused(
            "residual_mlp",
            arch -> arch.input(3, 4, 4),
            "expected a vector, such as 12, as input but was 3x4x4"),
        refused(
            "residual_mlp",
            arch -> arch.shortcut(ShortcutKind.A),
            "dense blocks have identity shortcuts"),
        refused(
            "residual_mlp",
            arch -> arch.depths(5, 5).widths(24, 32),
            "residual_mlp: stage 1, block 0: a dense residual block adds its input to its output,"
                + " so both need the same width, but the input is 24 wide and the output 32"),
        refused("residual_mlp", arch -> arch.widths(16), "the input is 24 wide and the output 16"),
        refused(
            "resnet50",
            arch -> arch.stochasticDepth(1),
            "resnet50: stochastic depth: expected a probability in [0, 1) but was 1.0"),
        refused(
            "plain34",
            arch -> arch.stochasticDepth(0.1),
            "plain34: stochastic depth: a plain network without shortcuts cannot do without a"
                + " branch, but the probability was 0.1"),
        refused(
            "resnet50",
            arch -> arch.outputStride(12),
            "resnet50: output stride: expected a power of 2 but was 12"),
        refused(
            "resnet50",
            arch -> arch.outputStride(2),
            "resnet50: output stride: the stem alone has a larger one"),
        refused(
            "resnet50",
            arch -> arch.dilations(1, 1, 2),
            "resnet50: blocks: expected one dilation from 1 to 64 for each of 4 stages but they"
                + " were [1, 1, 2]"),
        refused(
            "resnet50_v2_keras",
            arch -> arch.outputStride(8),
            "a stride in the last block cannot be replaced by dilation, but dilations were"),
        refused(
            "resnet50",
            arch -> arch.normMomentum(0),
            "resnet50: norm momentum: expected a number above 0 and at most 1 but was 0.0"),
        refused(
            "residual_block",
            arch -> arch.headPooling(HeadPooling.MAX),
            "residual_block: head pooling needs a head, but there was none and the pooling was MAX"),
        refused(
            "resnet20_cifar",
            arch -> arch.widths(64, 32, 16),
            "stage 1: shortcut A can add channels but not remove them, but the input has 64 and the"
                + " output 32"));
  }

  private static Arguments refused(
      String name, UnaryOperator<ArchitectureBuilder> change, String message) {
    return Arguments.of(name, change, message);
  }

  @ParameterizedTest(name = "{0}: {2}")
  @MethodSource("invalidArchitectures")
  void invalidCombinationsAreRefused(
      String name, UnaryOperator<ArchitectureBuilder> change, String message) {
    Architecture architecture = Architectures.byName(name);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> architecture.with(change))
        .withMessageContaining(message);
  }

  @Test
  void unknownNamesAreRefusedWithTheNearest() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Architectures.byName("ResNet-50"))
        .withMessageStartingWith("unknown architecture \"ResNet-50\"; the nearest are [resnet50");
  }

  @ParameterizedTest
  @CsvSource({"wrn_27_10", "wrn_28_0", "wrn_4_2"})
  void wideNetworksNeedADepthOfSixNPlusFour(String name) {
    assertThatThrownBy(() -> Architectures.byName(name))
        .hasMessageStartingWith(
            name + ": a wide residual network wrn_D_K needs a depth D of 6n + 4");
  }

  @Test
  void anyValidWideNetworkExistsByName() {
    Architecture architecture = Architectures.byName("wrn_22_8");

    assertThat(architecture.blocks().depths()).isEqualTo(List.of(3, 3, 3));
    assertThat(architecture.blocks().widths()).isEqualTo(List.of(128, 256, 512));
  }

  /**
   * The published count 11,171,146 is that of kuangliu's PreActResNet18, which leaves out the last
   * norm of 1,024 parameters.
   */
  @Test
  void preActivationNetworksHaveThePublishedParameterCounts() {
    assertThat(Plan.of(preActivated("resnet18_cifar")).parameterCount())
        .isEqualTo(11_171_146 + 1_024);
    // timm: resnetv2_50
    assertThat(Plan.of(Architectures.byName("resnet50_v2")).parameterCount()).isEqualTo(25_549_352);
  }

  /**
   * The counts 11,778,592 and 21,958,868 are those in the tests of osmr/imgclsmob ({@code
   * seresnet.py}), which squeezes 64 channels to 4; timm, and so our architectures, to 8: 64·4 more
   * weights in each layer of each block of the first stage, and 4 biases.
   */
  @Test
  void squeezeAndExcitationNetworksHaveThePublishedParameterCounts() {
    long wider = 2 * 64 * 4 + 4;
    assertThat(Plan.of(Architectures.byName("seresnet18")).parameterCount())
        .isEqualTo(11_778_592 + 2 * wider);
    assertThat(Plan.of(Architectures.byName("seresnet34")).parameterCount())
        .isEqualTo(21_958_868 + 3 * wider);
  }

  /**
   * The rule is {@code make_divisible(channels / 16, 8, round_limit=0)} of timm's {@code
   * helpers.py}.
   */
  @ParameterizedTest
  @CsvSource({"1, 8", "64, 8", "128, 8", "191, 8", "192, 16", "256, 16", "319, 16", "320, 24"})
  void squeezedChannelsAreASixteenthRoundedToMultiplesOfEight(int channels, int squeezed) {
    assertThat(Attention.squeezed(channels)).isEqualTo(squeezed);
  }

  private static Architecture preActivated(String name) {
    return Architectures.byName(name).with(ArchitectureBuilder::preActivated);
  }

  @Test
  void everyOptionChangesTheParameterCountAsExpected() {
    Architecture architecture = Architectures.byName("resnet18");
    long before = Plan.of(architecture).parameterCount();

    // Projections in the five blocks that had none: 1x1 convolution and norm.
    assertThat(
            Plan.of(architecture.with(next -> next.shortcut(ShortcutKind.C))).parameterCount()
                - before)
        .isEqualTo(
            2 * (64L * 64 + 2 * 64)
                + (128L * 128 + 2 * 128)
                + (256L * 256 + 2 * 256)
                + (512L * 512 + 2 * 512));
    assertThat(
            before
                - Plan.of(architecture.with(next -> next.shortcut(ShortcutKind.A)))
                    .parameterCount())
        .isEqualTo(64L * 128 + 128 * 256 + 256 * 512 + 2 * (128 + 256 + 512));
    assertThat(
            before
                - Plan.of(architecture.with(next -> next.head(HeadKind.FEATURES))).parameterCount())
        .isEqualTo(513 * 1000);
    assertThat(Plan.of(architecture.with(next -> next.input(1, 224, 224))).parameterCount())
        .isEqualTo(before - 2 * 64 * 49);
    assertThat(Plan.of(architecture.with(next -> next.dropout(0.2))).nodes())
        .anyMatch(Node.Dropout.class::isInstance);
  }

  @Test
  void recordsFromBeforeEpsilonHavePyTorchs() throws Exception {
    Architecture architecture = Architectures.byName("resnet50");
    Map<String, Object> tree = new LinkedHashMap<>();
    ((Map<?, ?>) Json.tree(architecture)).forEach((key, value) -> tree.put((String) key, value));
    assertThat(tree.remove("epsilon")).isEqualTo(1e-5);
    assertThat(Json.read(tree, Architecture.class)).isEqualTo(architecture);
    tree.put("epsilon", 1e-3);
    assertThat(Json.read(tree, Architecture.class))
        .isEqualTo(architecture.with(next -> next.epsilon(1e-3)));
  }

  @Test
  void recordsFromBeforeAnOptionHaveItsUsualValue() throws Exception {
    Architecture architecture = Architectures.byName("resnet50");
    Map<String, Object> tree = tree(Json.tree(architecture));
    assertThat(tree.remove("norms")).isNotNull();
    assertThat(tree.remove("activation")).isEqualTo("RELU");
    Map<String, Object> blocks = tree(Objects.requireNonNull(tree.get("blocks")));
    assertThat(blocks.remove("dilations")).isEqualTo(List.of(1, 1, 1, 1));
    assertThat(blocks.remove("stochasticDepth")).isEqualTo(0.0);
    assertThat(blocks.remove("dropBlock")).isEqualTo(0.0);
    assertThat(blocks.remove("kinds")).isEqualTo(Collections.nCopies(4, "BOTTLENECK"));
    tree.put("blocks", blocks);
    Map<String, Object> head = tree(Objects.requireNonNull(tree.get("head")));
    assertThat(head.remove("pooling")).isEqualTo("AVG");
    tree.put("head", head);

    assertThat(Json.read(tree, Architecture.class)).isEqualTo(architecture);
    tree.put("norms", Map.of("momentum", 0.1));
    assertThat(Json.read(tree, Architecture.class)).isEqualTo(architecture);
  }

  @Test
  void optionsAreReadBackFromJson() throws Exception {
    Architecture architecture =
        Architectures.byName("test_resnet")
            .with(
                arch ->
                    arch.norm(NormKind.GROUP)
                        .normGroups(8)
                        .antiAliasing(AntiAliasing.BLUR)
                        .dropBlock(0.1));

    assertThat(Json.read(Json.tree(architecture), Architecture.class)).isEqualTo(architecture);
    assertThat(architecture.describe())
        .contains("BASIC-BASIC-BOTTLENECK-BASIC blocks")
        .endsWith("norm GROUP of 8, drop block 0.1, anti-aliasing BLUR");
  }

  /** The places, rates and sizes of timm's {@code drop_blocks(0.1)}. */
  @Test
  void squaresAreDroppedBeforeTheActivationOfSpatialConvolutionsInTheLastTwoStages() {
    Plan plan = Plan.of(Architectures.byName("test_resnet").with(arch -> arch.dropBlock(0.1)));

    assertThat(plan.nodes())
        .filteredOn(Node.DropBlock.class::isInstance)
        .extracting(
            Node::path,
            node -> ((Node.DropBlock) node).rate(),
            node -> ((Node.DropBlock) node).size())
        .extracting(Object::toString)
        .containsExactly(
            "(stage2.block0.drop_block, 0.025, 5)", "(stage3.block0.drop_block, 0.1, 3)");
    assertThat(plan.nodes())
        .filteredOn(Node.DropBlock.class::isInstance)
        .flatExtracting(Node::inputs)
        .extracting(Object::toString)
        .containsExactly("stage2.block0.bn2", "stage3.block0.bn1");
  }

  @Test
  void frozenNormsHaveNoTrainableParameters() {
    // torchvision.models.resnet50(norm_layer=FrozenBatchNorm2d)
    assertThat(
            Plan.of(Architectures.byName("resnet50").with(arch -> arch.norm(NormKind.FROZEN)))
                .parameterCount())
        .isEqualTo(25_503_912);
  }

  @Test
  void impossibleNormsAndKindsOfBlocksAreRefused() {
    Architecture architecture = Architectures.byName("resnet50");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> architecture.with(arch -> arch.norm(NormKind.GROUP).normGroups(48)))
        .withMessage(
            "resnet50: norm groups: expected a number that divides the channels [64, 256, 128, 512,"
                + " 1024, 2048] of all norms but was 48");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> architecture.with(arch -> arch.blocks(BlockKind.BASIC, BlockKind.BOTTLENECK)))
        .withMessage(
            "resnet50: blocks: expected one kind for each of 4 stages but they were [BASIC,"
                + " BOTTLENECK]");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                architecture.with(
                    arch ->
                        arch.depths(1, 1)
                            .widths(64, 64)
                            .blocks(BlockKind.BASIC, BlockKind.PREACT_BASIC)))
        .withMessage(
            "resnet50: blocks: basic blocks and bottlenecks can be mixed, both with or both without"
                + " pre-activation, but the kinds were [BASIC, PREACT_BASIC]");
  }

  private static Map<String, Object> tree(Object object) {
    Map<String, Object> tree = new LinkedHashMap<>();
    ((Map<?, ?>) object).forEach((key, value) -> tree.put((String) key, value));
    return tree;
  }

  @Test
  void outputStrideReplacesStridesByDilationsAndBack() {
    Architecture architecture = Architectures.byName("resnet50");

    Architecture eight = architecture.with(arch -> arch.outputStride(8));

    assertThat(eight.blocks().strides()).containsExactly(1, 2, 1, 1);
    assertThat(eight.blocks().dilations()).containsExactly(1, 1, 2, 4);
    assertThat(Plan.of(eight).parameterCount()).isEqualTo(25_557_032);
    assertThat(Plan.of(eight).stageShapes()).last().isEqualTo(new Shape(2048, 28, 28));
    Architecture sixteen = eight.with(arch -> arch.outputStride(16));
    assertThat(sixteen.blocks().strides()).containsExactly(1, 2, 2, 1);
    assertThat(sixteen.blocks().dilations()).containsExactly(1, 1, 1, 2);
    assertThat(sixteen.with(arch -> arch.outputStride(32))).isEqualTo(architecture);
  }

  @Test
  void changedOptionsAreDescribed() {
    assertThat(
            Architectures.byName("resnet50")
                .with(
                    arch ->
                        arch.outputStride(8)
                            .stochasticDepth(0.05)
                            .activation(Activation.SILU)
                            .normMomentum(0.01)
                            .headPooling(HeadPooling.CATAVGMAX))
                .describe())
        .endsWith(
            "1000 classes, momentum 0.01, activation SILU, dilations 1-1-2-4, stochastic depth"
                + " 0.05, head pooling CATAVGMAX");
  }
}
