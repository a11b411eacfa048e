package org.resnet4j.arch;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The fields of {@link Blocks} while they are changed; an {@link ArchitectureBuilder} sets them.
 */
final class BlocksFields {
  BlockKind kind;
  List<Integer> depths;
  List<Integer> widths;

  /** The strides; null for the usual ones. */
  @Nullable List<Integer> strides;

  int groups;
  int baseWidth;
  Downsampling downsampling;
  Attention attention;

  /** The dilations; null for 1 everywhere. */
  @Nullable List<Integer> dilations;

  double stochasticDepth;
  double dropBlock;

  /** The kinds of the stages; null for {@code kind} everywhere. */
  @Nullable List<BlockKind> kinds;

  /** The largest ratio of the input's to the output's size; 0 for what the strides give. */
  int outputStride;

  BlocksFields(Blocks from) {
    kind = from.kind();
    depths = from.depths();
    widths = from.widths();
    strides = from.strides();
    groups = from.bottleneck().groups();
    baseWidth = from.bottleneck().baseWidth();
    downsampling = from.bottleneck().downsampling();
    attention = from.attention();
    dilations = from.dilations();
    stochasticDepth = from.stochasticDepth();
    dropBlock = from.dropBlock();
    kinds = from.kinds().stream().distinct().count() == 1 ? null : from.kinds();
  }

  static List<Integer> list(int... values) {
    return IntStream.of(values).boxed().toList();
  }

  /** Sets the depths; another number of stages has the usual strides, and blocks of one kind. */
  void setDepths(List<Integer> values) {
    if (values.size() != depths.size()) {
      strides = null;
      dilations = null;
      kinds = null;
    }
    depths = values;
  }

  /** Replaces the kinds of blocks by those with norm and activation before each convolution. */
  void preActivate() {
    kind = kind.preActivated();
    kinds = kinds == null ? null : kinds.stream().map(BlockKind::preActivated).toList();
  }

  /**
   * Returns the blocks.
   *
   * @param stemHalvings number of the stem's layers with stride 2
   */
  Blocks build(int stemHalvings) {
    Blocks blocks =
        new Blocks(
            kind,
            depths,
            widths,
            strides == null ? Blocks.usualStrides(kind, depths.size()) : strides,
            new Bottleneck(groups, baseWidth, downsampling),
            attention,
            dilations == null ? Collections.nCopies(depths.size(), 1) : dilations,
            stochasticDepth,
            kinds == null ? Collections.nCopies(depths.size(), kind) : kinds,
            dropBlock);
    return outputStride == 0 ? blocks : blocks.withOutputStride(outputStride >> stemHalvings);
  }
}
