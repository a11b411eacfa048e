package org.resnet4j.arch;

import java.util.List;

/** The checks of {@link Blocks}: each throws an exception that says what the blocks had. */
final class BlocksCheck {
  /** The largest accepted number of blocks; the deepest published network has 600. */
  private static final int MOST_BLOCKS = 1 << 12;

  private BlocksCheck() {}

  static void requireMixable(List<BlockKind> kinds, int stages) {
    Check.that(
        kinds.size() == stages,
        "blocks: expected one kind for each of %s stages but they were %s"
            .formatted(stages, kinds));
    Check.that(
        kinds.stream().map(BlockKind::isPreActivated).distinct().count() <= 1
            && kinds.stream().map(kind -> kind == BlockKind.DENSE).distinct().count() <= 1,
        "blocks: basic blocks and bottlenecks can be mixed, both with or both without"
            + " pre-activation, but the kinds were "
            + kinds);
  }

  static void requireStages(List<Integer> depths, List<Integer> widths, List<Integer> strides) {
    Check.that(
        depths.size() == widths.size() && !depths.isEmpty(),
        "blocks: expected one width per stage but depths were " + depths + " and widths " + widths);
    Check.that(
        depths.size() == strides.size(),
        "blocks: expected one stride per stage but depths were "
            + depths
            + " and strides "
            + strides);
    Check.that(
        Check.all(depths, depth -> depth >= 1),
        "blocks: expected at least one block in every stage but depths were " + depths);
    Check.that(
        depths.stream().mapToLong(depth -> depth).sum() <= MOST_BLOCKS,
        "blocks: expected at most %s blocks in all stages but depths were %s"
            .formatted(MOST_BLOCKS, depths));
    Check.that(
        Check.all(widths, Check::isSize),
        "blocks: expected widths from 1 to %s but they were %s".formatted(Check.MOST, widths));
    Check.that(
        Check.all(strides, stride -> stride == 1 || stride == 2),
        "blocks: expected strides of 1 or 2 but they were " + strides);
  }

  static void requireNoBottleneck(BlockKind kind, Bottleneck bottleneck) {
    Check.that(
        bottleneck.baseWidth() == Bottleneck.UNIT,
        "base width: only bottlenecks can have a value other than %s, but it was %s with block %s"
            .formatted(Bottleneck.UNIT, bottleneck.baseWidth(), kind));
    Check.that(
        bottleneck.groups() == 1,
        "groups: only bottlenecks have more than one, but there were %s with block %s"
            .formatted(bottleneck.groups(), kind));
    Check.that(
        bottleneck.downsampling() == Downsampling.SPATIAL_CONV,
        "downsampling: only bottlenecks can take the stride in their first 1x1 or in another block,"
            + " but the block was "
            + kind);
  }

  static void requireBranches(List<Integer> widths, Bottleneck bottleneck) {
    for (int stage = 0; stage < widths.size(); stage++) {
      long channels = bottleneck.channels(widths.get(stage));
      Check.that(
          Check.isSize(channels),
          "stage %s: expected 1 to %s channels inside a block but there were %s: %s groups of %s·%s/%s"
              .formatted(
                  stage,
                  Check.MOST,
                  channels,
                  bottleneck.groups(),
                  widths.get(stage),
                  bottleneck.baseWidth(),
                  Bottleneck.UNIT));
    }
  }

  static void requireDownsampling(
      List<BlockKind> kinds,
      List<Integer> strides,
      List<Integer> dilations,
      Downsampling downsampling) {
    if (downsampling != Downsampling.LAST_BLOCK) {
      return;
    }
    Check.that(
        kinds.stream().allMatch(kind -> kind == BlockKind.PREACT_BOTTLENECK),
        "downsampling: only pre-activation bottlenecks can take the stride in the last block, but"
            + " the block was "
            + BlockKind.describe(kinds));
    Check.that(
        Check.all(dilations, next -> next == 1),
        "downsampling: a stride in the last block cannot be replaced by dilation, but dilations"
            + " were "
            + dilations);
    Check.that(
        strides.get(0) == 1,
        "downsampling: no stage before the first can take its stride in its last block, but strides"
            + " were "
            + strides);
  }

  static void requireDilations(BlockKind kind, List<Integer> dilations, int stages) {
    Check.that(
        dilations.size() == stages && Check.all(dilations, next -> next >= 1 && next <= 64),
        "blocks: expected one dilation from 1 to 64 for each of %s stages but they were %s"
            .formatted(stages, dilations));
    Check.that(
        kind != BlockKind.DENSE || Check.all(dilations, next -> next == 1),
        "blocks: dense blocks have no dilations, but they were " + dilations);
  }
}
