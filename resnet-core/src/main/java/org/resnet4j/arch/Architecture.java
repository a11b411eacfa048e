package org.resnet4j.arch;

import static java.util.stream.Collectors.joining;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A residual network as data. {@link Architectures} holds the known ones, and {@link Plan#of} turns
 * an architecture into layers. Each part validates itself; this record refuses invalid
 * combinations.
 *
 * <pre>{@code
 * Architecture small = Architectures.byName("resnet50").with(arch -> arch.classes(10).input(1, 96, 96));
 * }</pre>
 *
 * @param name lower case, as in the catalogue
 * @param input shape of one image
 * @param classes width of the classifier
 * @param epsilon value that batch norms add to the variance; 0, for records from before this field,
 *     becomes {@link #TORCH_EPSILON}
 * @param norms other options of the norms; PyTorch's in records from before this field
 * @param activation function after norms and at the end of blocks; a ReLU in records from before
 *     this field
 * @param antiAliasing smoothing where images are subsampled; none in records from before this field
 */
public record Architecture(
    String name,
    Family family,
    Shape input,
    int classes,
    Stem stem,
    Blocks blocks,
    Shortcut shortcut,
    ConvBias convBias,
    Init init,
    Head head,
    double epsilon,
    NormOptions norms,
    Activation activation,
    AntiAliasing antiAliasing) {

  /** The ε of {@code torch.nn.BatchNorm2d(eps=1e-5)}, which published architectures have. */
  public static final double TORCH_EPSILON = 1e-5;

  public Architecture {
    epsilon = epsilon == 0 ? TORCH_EPSILON : epsilon;
    norms = Objects.requireNonNullElse(norms, NormOptions.TORCH);
    activation = Objects.requireNonNullElse(activation, Activation.RELU);
    require(
        epsilon > 0 && epsilon <= 1,
        name,
        "epsilon: expected a number above 0 and at most 1 but was " + epsilon);
    require(
        Check.isSize(classes),
        name,
        "expected 1 to %s classes but was %s".formatted(Check.MOST, classes));
    BlockKind kind = blocks.kind();
    require(
        kind == BlockKind.DENSE ? stem.convolutions().isEmpty() : stem.features() == 0,
        name,
        "dense blocks go with a linear stem or none, and no other blocks go with a linear stem, but"
            + " the stem was "
            + stem
            + " and the block "
            + kind);
    require(
        convBias != ConvBias.BARE || kind.isPreActivated(),
        name,
        "convolution bias: only pre-activation networks have convolutions without a norm after"
            + " them, but the block was "
            + kind);
    require(
        blocks.bottleneck().downsampling() != Downsampling.LAST_BLOCK
            || shortcut.kind() == ShortcutKind.B,
        name,
        "downsampling: only pre-activation bottlenecks with shortcut B can take the stride in the"
            + " last block, but the shortcut was "
            + shortcut.kind());
    antiAliasing = Objects.requireNonNullElse(antiAliasing, AntiAliasing.NONE);
    if (antiAliasing != AntiAliasing.NONE) {
      requireSmoothable(name, blocks);
    }
    require(
        blocks.stochasticDepth() == 0 || shortcut.kind() != ShortcutKind.NONE,
        name,
        "stochastic depth: a plain network without shortcuts cannot do without a branch, but the"
            + " probability was "
            + blocks.stochasticDepth());
    if (kind != BlockKind.DENSE && norms.kind() == NormKind.GROUP) {
      requireNormGroups(name, input, stem, blocks, norms.groups());
    }
    if (kind == BlockKind.DENSE) {
      requireDense(name, input, stem, blocks, shortcut, convBias, init);
    } else {
      requirePreActivation(name, stem, kind, shortcut.projection(), init);
      requireRoomForStrides(name, input, stem.halvings() + blocks.halvings());
      if (shortcut.kind() == ShortcutKind.A) {
        requireWidening(name, stemWidth(stem, input), blocks);
      }
    }
  }

  private static void requireSmoothable(String name, Blocks blocks) {
    BlockKind kind = blocks.kind();
    require(
        kind == BlockKind.BASIC || kind == BlockKind.BOTTLENECK,
        name,
        "anti-aliasing: only blocks with a norm after each convolution have a place for it, but the"
            + " block was "
            + kind);
    require(
        blocks.bottleneck().downsampling() == Downsampling.SPATIAL_CONV,
        name,
        "anti-aliasing: the stride must be in the 3x3 convolution, but the downsampling was "
            + blocks.bottleneck().downsampling());
    require(
        Check.all(blocks.dilations(), dilation -> dilation == 1),
        name,
        "anti-aliasing and dilation exclude each other, but dilations were " + blocks.dilations());
  }

  private static void requireNormGroups(
      String name, Shape input, Stem stem, Blocks blocks, int groups) {
    Set<Integer> normed = new LinkedHashSet<>();
    if (stem.norms() == Stem.Norms.IMAGES_AND_ALL_CONVOLUTIONS) {
      normed.add(input.channels());
    }
    stem.convolutions().forEach(convolution -> normed.add(convolution.channels()));
    for (int stage = 0; stage < blocks.stages(); stage++) {
      normed.add(blocks.inner(stage));
      normed.add(blocks.outputs(stage));
    }
    require(
        Check.all(normed, channels -> channels % groups == 0),
        name,
        "norm groups: expected a number that divides the channels %s of all norms but was %s"
            .formatted(normed, groups));
  }

  private static void requireDense(
      String name,
      Shape input,
      Stem stem,
      Blocks blocks,
      Shortcut shortcut,
      ConvBias convBias,
      Init init) {
    require(input.isVector(), name, "expected a vector, such as 12, as input but was " + input);
    int in = stemWidth(stem, input);
    for (int stage = 0; stage < blocks.stages(); stage++) {
      int out = blocks.outputs(stage);
      require(
          out == in,
          name,
          "stage %s, block 0: a dense residual block adds its input to its output, so both need the same width, but the input is %s wide and the output %s"
              .formatted(stage, in, out));
    }
    require(
        shortcut.kind() == ShortcutKind.B && init == Init.USUAL && convBias == ConvBias.ABSENT,
        name,
        "dense blocks have identity shortcuts, no batch norm and no convolutions, but shortcut was %s, init %s and convolution bias %s"
            .formatted(shortcut.kind(), init, convBias));
  }

  private static void requirePreActivation(
      String name, Stem stem, BlockKind kind, Projection projection, Init init) {
    require(
        !kind.isPreActivated() || projection == Projection.CONV,
        name,
        "pre-activation blocks project with a bare convolution (CONV) but projection was "
            + projection);
    require(
        !kind.isPreActivated() || init != Init.ZERO_INIT_RESIDUAL,
        name,
        "pre-activation blocks end in a convolution, so there is no batch norm for a zero-init"
            + " residual");
    require(
        kind.isPreActivated() || !stem.isForPreActivation(),
        name,
        "stem "
            + stem
            + ": only pre-activation networks differ by its norms and zero edges, but the block was"
            + " "
            + kind);
  }

  private static void requireRoomForStrides(String name, Shape input, int halvings) {
    int smallest = halvings == 0 ? 1 : (1 << Math.min(20, halvings - 1)) + 1;
    require(
        Math.min(input.height(), input.width()) >= smallest,
        name,
        "input %s is smaller than its %s layers with stride 2 allow: the smallest is %s"
            .formatted(input, halvings, new Shape(input.channels(), smallest, smallest)));
  }

  private static void requireWidening(String name, int stemWidth, Blocks blocks) {
    int in = stemWidth;
    for (int stage = 0; stage < blocks.stages(); stage++) {
      int out = blocks.outputs(stage);
      require(
          out >= in,
          name,
          "stage %s: shortcut A can add channels but not remove them, but the input has %s and the output %s"
              .formatted(stage, in, out));
      in = out;
    }
  }

  private static void require(boolean condition, String name, String otherwise) {
    Check.that(condition, name + ": " + otherwise);
  }

  /** Returns the number of channels that the first block reads. */
  private static int stemWidth(Stem stem, Shape input) {
    return stem.width() == 0 ? input.channels() : stem.width();
  }

  /** Returns this architecture with some options changed. */
  public Architecture with(UnaryOperator<ArchitectureBuilder> change) {
    return change.apply(new ArchitectureBuilder(this)).build();
  }

  /** Returns a one-line description of this architecture for people. */
  public String describe() {
    int groups = blocks.bottleneck().groups();
    return "%s: %s%s blocks %s, widths %s, strides %s, stem %s, shortcut %s, input %s, %s%s"
        .formatted(
            name,
            blocks.describeKinds(),
            (groups == 1 ? "" : " in " + groups + " groups")
                + (blocks.attention() == Attention.NONE ? "" : " with " + blocks.attention()),
            dashes(blocks.depths()),
            dashes(blocks.widths()),
            dashes(blocks.strides()),
            stem,
            shortcut.kind(),
            input,
            switch (head.kind()) {
              case CLASSIFIER -> classes + " classes";
              case FEATURES -> "features";
              case NONE -> "no head";
            },
            options());
  }

  /** Returns the options that differ from the usual ones, each after a comma. */
  private String options() {
    StringBuilder options = new StringBuilder();
    if (epsilon != TORCH_EPSILON) {
      options.append(", epsilon ").append(epsilon);
    }
    options.append(norms.describe());
    if (activation != Activation.RELU) {
      options.append(", activation ").append(activation);
    }
    if (!Check.all(blocks.dilations(), dilation -> dilation == 1)) {
      options.append(", dilations ").append(dashes(blocks.dilations()));
    }
    if (blocks.stochasticDepth() > 0) {
      options.append(", stochastic depth ").append(blocks.stochasticDepth());
    }
    if (blocks.dropBlock() > 0) {
      options.append(", drop block ").append(blocks.dropBlock());
    }
    if (head.pooling() != HeadPooling.AVG) {
      options.append(", head pooling ").append(head.pooling());
    }
    if (antiAliasing != AntiAliasing.NONE) {
      options.append(", anti-aliasing ").append(antiAliasing);
    }
    return options.toString();
  }

  private static String dashes(List<Integer> numbers) {
    return numbers.stream().map(String::valueOf).collect(joining("-"));
  }
}
