package org.resnet4j.arch;

import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * One residual network as a row of data; {@link Architectures} holds the known ones and {@link
 * Plan#of} turns a row into layers.
 *
 * <pre>{@code
 * Architecture small = Architectures.byName("resnet50").with(row -> row.classes(10).input(1, 96, 96));
 * }</pre>
 *
 * @param name lower case, as in the catalogue
 * @param input shape of one image
 * @param classes width of the classifier
 * @param stemWidth channels after the stem
 * @param depths residual blocks a stage
 * @param widths channels of the 3×3 convolutions a stage; blocks put out {@code block.expansion()}
 *     times as many
 * @param groups parallel branches of a bottleneck's 3×3 convolutions, the cardinality of Xie et al.
 *     2016: 1 unless it is a ResNeXt
 * @param branchWidth channels of each branch for every 64 of the stage's width: 128 in a wide
 *     ResNet-50-2, 4 in a ResNeXt-50 32×4d
 * @param dropout probability of dropping a feature before the classifier, in [0, 1)
 */
public record Architecture(
    String name,
    Family family,
    Shape input,
    int classes,
    Stem stem,
    int stemWidth,
    BlockKind block,
    List<Integer> depths,
    List<Integer> widths,
    int groups,
    int branchWidth,
    ChannelGate channelGate,
    Shortcut shortcut,
    Projection projection,
    Downsampling downsampling,
    ConvBias convBias,
    LastGamma lastGamma,
    double dropout,
    Head head) {

  /** Branch width of an ordinary network. */
  static final int UNIT = 64;

  /** A bound on every size a user can set: beyond it a typing error is likelier than a network. */
  private static final int MOST = 1 << 20;

  /** The deepest published network has 600. */
  private static final int MOST_BLOCKS = 1 << 12;

  public Architecture {
    depths = List.copyOf(depths);
    widths = List.copyOf(widths);
    require(
        depths.size() == widths.size() && !depths.isEmpty(),
        name,
        "expected one width a stage but depths were " + depths + " and widths " + widths);
    require(
        depths.stream().allMatch(depth -> depth >= 1),
        name,
        "expected at least one block in every stage but depths were " + depths);
    require(
        depths.stream().mapToLong(depth -> depth).sum() <= MOST_BLOCKS,
        name,
        "expected at most " + MOST_BLOCKS + " blocks in all stages but depths were " + depths);
    require(
        widths.stream().allMatch(width -> width >= 1 && width <= MOST),
        name,
        "expected widths from 1 to " + MOST + " but they were " + widths);
    require(
        stemWidth >= 1 && stemWidth <= MOST,
        name,
        "expected a stem of 1 to " + MOST + " channels but it had " + stemWidth);
    require(
        classes >= 1 && classes <= MOST,
        name,
        "expected 1 to " + MOST + " classes but was " + classes);
    require(
        dropout >= 0 && dropout < 1,
        name,
        "dropout: expected a probability in [0, 1) but was " + dropout);
    require(
        (block == BlockKind.DENSE) == (stem == Stem.DENSE),
        name,
        "dense blocks go with the dense stem and with no other, but stem was "
            + stem
            + " and block "
            + block);
    require(
        stem != Stem.DEEP || stemWidth % 2 == 0,
        name,
        "the deep stem: expected an even width but was " + stemWidth);
    require(
        branchWidth >= 1 && (branchWidth == UNIT || block.isBottleneck()),
        name,
        "branch width: only bottlenecks have one other than "
            + UNIT
            + ", but it was "
            + branchWidth
            + " with block "
            + block);
    require(
        groups >= 1 && (groups == 1 || block.isBottleneck()),
        name,
        "groups: only bottlenecks have more than one, but there were "
            + groups
            + " with block "
            + block);
    for (int stage = 0; stage < widths.size(); stage++) {
      long channels = branchChannels(widths.get(stage), groups, branchWidth);
      require(
          channels >= 1 && channels <= MOST,
          name,
          "stage %s: expected 1 to %s channels inside a block but there were %s: %s groups of %s·%s/%s"
              .formatted(stage, MOST, channels, groups, widths.get(stage), branchWidth, UNIT));
    }
    require(
        downsampling == Downsampling.SPATIAL_CONV || block.isBottleneck(),
        name,
        "downsampling: only bottlenecks can take the stride in their first 1x1, but the block was "
            + block);
    require(
        downsampling != Downsampling.LAST_BLOCK
            || (block == BlockKind.PREACT_BOTTLENECK && shortcut == Shortcut.B),
        name,
        "downsampling: only pre-activation bottlenecks with shortcut B can take the stride in the"
            + " last block, but the block was "
            + block
            + " and the shortcut "
            + shortcut);
    require(
        convBias != ConvBias.BARE || block.isPreActivated(),
        name,
        "convolution bias: only pre-activation networks have convolutions without a norm behind"
            + " them, but the block was "
            + block);
    require(
        dropout == 0 || head == Head.CLASSIFIER,
        name,
        "dropout stands before the classifier, but the head was " + head);
    if (block == BlockKind.DENSE) {
      requireDense(name, input, stemWidth, widths, channelGate, shortcut, lastGamma, convBias);
    } else {
      requireConvolutional(
          name, input, stem, stemWidth, block, widths, shortcut, projection, lastGamma);
    }
  }

  private static void requireDense(
      String name,
      Shape input,
      int stemWidth,
      List<Integer> widths,
      ChannelGate channelGate,
      Shortcut shortcut,
      LastGamma lastGamma,
      ConvBias convBias) {
    require(input.isVector(), name, "expected a vector, such as 12, as input but was " + input);
    for (int stage = 0, in = stemWidth; stage < widths.size(); in = widths.get(stage), stage++) {
      require(
          widths.get(stage) == in,
          name,
          "stage %s, block 0: a dense residual block adds its input to its output, so both need one width, but the input is %s wide and the output %s"
              .formatted(stage, in, widths.get(stage)));
    }
    require(
        channelGate == ChannelGate.NONE,
        name,
        "dense blocks have no channels to gate, but the channel gate was " + channelGate);
    require(
        shortcut == Shortcut.B && lastGamma == LastGamma.ONE && convBias == ConvBias.ABSENT,
        name,
        "dense blocks have identity shortcuts, no batch norm and no convolutions, but shortcut was "
            + shortcut
            + ", last gamma "
            + lastGamma
            + " and convolution bias "
            + convBias);
  }

  private static void requireConvolutional(
      String name,
      Shape input,
      Stem stem,
      int stemWidth,
      BlockKind block,
      List<Integer> widths,
      Shortcut shortcut,
      Projection projection,
      LastGamma lastGamma) {
    require(
        !block.isPreActivated() || projection == Projection.CONV,
        name,
        "pre-activation blocks project with a bare convolution (CONV) but projection was "
            + projection);
    require(
        !block.isPreActivated() || lastGamma == LastGamma.ONE,
        name,
        "pre-activation blocks end in a convolution, so there is no last gamma to start at zero");
    require(
        block.isPreActivated() || !stem.isForPreActivation(),
        name,
        "stem " + stem + ": only pre-activation networks differ by it, but the block was " + block);
    int halvings = stem.halvings() + widths.size() - 1;
    int smallest = halvings == 0 ? 1 : (1 << Math.min(20, halvings - 1)) + 1;
    require(
        Math.min(input.height(), input.width()) >= smallest,
        name,
        "input %s is smaller than its %s layers with stride 2 allow: the smallest is %s"
            .formatted(input, halvings, new Shape(input.channels(), smallest, smallest)));
    if (shortcut == Shortcut.A) {
      for (int stage = 0, in = stemWidth;
          stage < widths.size();
          in = widths.get(stage) * block.expansion(), stage++) {
        require(
            widths.get(stage) * block.expansion() >= in,
            name,
            "stage %s: shortcut A can add channels but not remove them, but the input has %s and the output %s"
                .formatted(stage, in, widths.get(stage) * block.expansion()));
      }
    }
  }

  private static void require(boolean condition, String name, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(name + ": " + otherwise);
    }
  }

  /** This row with some columns changed. */
  public Architecture with(UnaryOperator<ArchitectureBuilder> change) {
    return change.apply(new ArchitectureBuilder(this)).build();
  }

  /** Channels of the 3×3 convolutions in {@code stage}. */
  int branchChannels(int stage) {
    return (int) branchChannels(widths.get(stage), groups, branchWidth);
  }

  private static long branchChannels(int width, int groups, int branchWidth) {
    return (long) width * branchWidth / UNIT * groups;
  }

  /** The columns in a line each, for reports. */
  public String describe() {
    return "%s: %s%s blocks %s, widths %s, stem %s, shortcut %s, input %s, %s classes"
        .formatted(
            name,
            block,
            (groups == 1 ? "" : " in " + groups + " groups")
                + (channelGate == ChannelGate.NONE ? "" : " with " + channelGate),
            depths.stream().map(String::valueOf).collect(joining("-")),
            widths.stream().map(String::valueOf).collect(joining("-")),
            stem,
            shortcut,
            input,
            classes);
  }
}
