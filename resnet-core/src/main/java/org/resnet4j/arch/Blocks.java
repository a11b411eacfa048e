package org.resnet4j.arch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The residual blocks, stage by stage.
 *
 * @param depths blocks of each stage
 * @param kind the kind of all blocks, or the bottleneck where there are two
 * @param widths channels of the 3×3 convolutions of each stage; a block's output has {@code
 *     expansion()} of its kind times that number
 * @param strides stride of each stage, 1 or 2; {@link Downsampling} chooses the layer that has it
 * @param attention weighting of each residual branch's output channels
 * @param dilations distance of the values that a stage's 3×3 convolutions read, 1 for neighbours;
 *     the first block of a stage has the dilation of the stage before. Records from before this
 *     field have 1 everywhere.
 * @param stochasticDepth probability with which the residual branch of the last block is dropped
 *     for an example in training, in [0, 1). That of the first block is 0, and between them it
 *     rises linearly, as timm's {@code drop_path_rate} does.
 * @param kinds kind of the blocks of each stage; records from before this field have {@code kind}
 *     everywhere. Where basic blocks and bottlenecks are mixed, {@code kind} is the bottleneck.
 * @param dropBlock probability with which a value of the last stage is dropped in training, by
 *     squares of 3×3 (Ghiasi et al., 2018, "DropBlock"), in [0, 1). The stage before has a quarter
 *     of it and squares of 5×5, as with timm's {@code drop_block_rate}.
 */
public record Blocks(
    BlockKind kind,
    List<Integer> depths,
    List<Integer> widths,
    List<Integer> strides,
    Bottleneck bottleneck,
    Attention attention,
    List<Integer> dilations,
    double stochasticDepth,
    List<BlockKind> kinds,
    double dropBlock) {

  public Blocks {
    depths = List.copyOf(depths);
    widths = List.copyOf(widths);
    strides = List.copyOf(strides);
    dilations = dilations == null ? Collections.nCopies(depths.size(), 1) : List.copyOf(dilations);
    kinds = kinds == null ? Collections.nCopies(depths.size(), kind) : List.copyOf(kinds);
    BlocksCheck.requireMixable(kinds, depths.size());
    kind = BlockKind.widest(kinds).orElse(kind);
    BlocksCheck.requireStages(depths, widths, strides);
    if (!kind.isBottleneck()) {
      BlocksCheck.requireNoBottleneck(kind, bottleneck);
    }
    BlocksCheck.requireBranches(widths, bottleneck);
    BlocksCheck.requireDownsampling(kinds, strides, dilations, bottleneck.downsampling());
    BlocksCheck.requireDilations(kind, dilations, depths.size());
    Check.that(
        stochasticDepth >= 0 && stochasticDepth < 1,
        "stochastic depth: expected a probability in [0, 1) but was " + stochasticDepth);
    Check.that(
        dropBlock >= 0 && dropBlock < 1,
        "drop block: expected a probability in [0, 1) but was " + dropBlock);
    Check.that(
        dropBlock == 0 || kind == BlockKind.BASIC || kind == BlockKind.BOTTLENECK,
        "drop block: only blocks with a norm after each convolution have a place for it, but the"
            + " block was "
            + kind);
    if (kind == BlockKind.DENSE) {
      Check.that(
          attention == Attention.NONE,
          "blocks: dense blocks have no channels to weigh, but the attention was " + attention);
      Check.that(
          Check.all(strides, stride -> stride == 1),
          "blocks: dense blocks have no strides, but they were " + strides);
    }
  }

  /** Returns blocks without attention; every stage but the first halves the image. */
  public static Blocks of(BlockKind kind, List<Integer> depths, List<Integer> widths) {
    return new Blocks(
        kind,
        depths,
        widths,
        usualStrides(kind, depths.size()),
        Bottleneck.PLAIN,
        Attention.NONE,
        Collections.nCopies(depths.size(), 1),
        0,
        Collections.nCopies(depths.size(), kind),
        0);
  }

  /**
   * Returns stride 1 for the first stage and 2 for the others, or 1 for all stages of dense blocks.
   */
  static List<Integer> usualStrides(BlockKind kind, int stages) {
    return IntStream.range(0, stages)
        .mapToObj(stage -> stage == 0 || kind == BlockKind.DENSE ? 1 : 2)
        .toList();
  }

  /** Returns the number of stages. */
  public int stages() {
    return depths.size();
  }

  /**
   * Returns the kind of the blocks, or the kinds of the stages such as {@code BASIC-BOTTLENECK}.
   */
  public String describeKinds() {
    return BlockKind.describe(kinds);
  }

  /** Returns the number of output channels of the blocks of {@code stage}. */
  int outputs(int stage) {
    return widths.get(stage) * kinds.get(stage).expansion();
  }

  /** Returns the number of channels between the convolutions of the blocks of {@code stage}. */
  int inner(int stage) {
    int width = widths.get(stage);
    return kinds.get(stage).isBottleneck() ? (int) bottleneck.channels(width) : width;
  }

  /**
   * Returns the probability with which a value of {@code stage} is dropped, by squares of {@link
   * #dropSize}.
   */
  double dropBlock(int stage) {
    int after = stages() - 1 - stage;
    return after == 0 ? dropBlock : after == 1 ? dropBlock / 4 : 0;
  }

  /** Returns the side of the squares that are dropped in {@code stage}. */
  int dropSize(int stage) {
    return stage == stages() - 1 ? 3 : 5;
  }

  /** Returns the stride of one block. */
  int stride(int stage, int block) {
    if (bottleneck.downsampling() == Downsampling.LAST_BLOCK) {
      boolean last = block == depths.get(stage) - 1;
      return last && stage + 1 < stages() ? strides.get(stage + 1) : 1;
    }
    return block == 0 ? strides.get(stage) : 1;
  }

  /**
   * Returns these blocks with dilations in place of the strides that would make an image smaller
   * than one {@code most}-th of the first block's input, and with strides again in place of
   * dilations where they do not.
   *
   * @param most 1, 2, 4, …; or 0 if the stem's strides alone are larger
   */
  Blocks withOutputStride(int most) {
    Check.that(
        most >= 1,
        "output stride: the stem alone has a larger one; expected a multiple of the stem's");
    List<Integer> changedStrides = new ArrayList<>();
    List<Integer> changedDilations = new ArrayList<>();
    int stride = 1;
    int dilation = 1;
    for (int stage = 0; stage < stages(); stage++) {
      int before = stage == 0 ? 1 : dilations.get(stage - 1);
      int own = strides.get(stage) * Math.max(1, dilations.get(stage) / before);
      if (stride * own > most) {
        dilation *= own;
        own = 1;
      }
      stride *= own;
      changedStrides.add(own);
      changedDilations.add(dilation);
    }
    return new Blocks(
        kind,
        depths,
        widths,
        changedStrides,
        bottleneck,
        attention,
        changedDilations,
        stochasticDepth,
        kinds,
        dropBlock);
  }

  /**
   * Returns the dilation of a block's first 3×3 convolution; the others have that of their stage.
   */
  int firstDilation(int stage, int block) {
    return dilations.get(block == 0 && stage > 0 ? stage - 1 : stage);
  }

  /**
   * Returns the probability with which the branch of block {@code index}, counted through all
   * stages, is dropped. A network of one block has the probability of the last.
   */
  double dropRate(int index) {
    int all = depths.stream().mapToInt(depth -> depth).sum();
    return all == 1 ? stochasticDepth : stochasticDepth * index / (all - 1);
  }

  /** Returns the number of stages with stride 2. */
  int halvings() {
    return Math.toIntExact(strides.stream().filter(stride -> stride == 2).count());
  }
}
