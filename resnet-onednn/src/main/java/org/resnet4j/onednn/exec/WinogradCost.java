package org.resnet4j.onednn.exec;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.resnet4j.onednn.exec.Winograd.Purpose;
import org.resnet4j.onednn.ir.Nonlinearity;
import org.resnet4j.onednn.ir.Op;
import org.resnet4j.onednn.ir.Value;
import org.resnet4j.onednn.ir.Window;
import org.resnet4j.onednn.winograd.TileTransforms;
import org.resnet4j.onednn.winograd.Tiles;

/**
 * Which convolutions go through tiles. Costs are in multiplications that a direct convolution does
 * in the same time (docs/adr/0011); they follow from the shape alone, so that equal runs compute
 * alike.
 */
final class WinogradCost {
  private static final long[] KERNEL = {3, 3};
  private static final long[] ONES = {1, 1};

  /** Activations that bounds make. */
  private static final Set<Nonlinearity> CLIPS =
      EnumSet.of(Nonlinearity.IDENTITY, Nonlinearity.RELU, Nonlinearity.RELU6);

  /** To transform one channel of one tile, there or back. */
  private static final double TRANSFORM = 1200;

  /** To read one weight from memory. */
  private static final double WEIGHT = 30;

  private WinogradCost() {}

  /** Whether {@code op} is a 3×3 convolution that is faster by way of tiles. */
  static boolean pays(Op.Conv op, Purpose purpose) {
    return Native.transformsTiles() && fits(op) && cost(op, purpose) < directCost(op, purpose);
  }

  /**
   * Whether threads take tiles. Where there are far more results than tiles they take results: each
   * transforms all tiles then, but reads only its weights.
   */
  static boolean areSharedByTiles(Tiles tiles, long results) {
    return results < 4L * tiles.count()
        || results % ((long) Native.threads() * ImageLayout.BLOCK) != 0;
  }

  private static boolean fits(Op.Conv op) {
    Window window = op.window();
    return Arrays.equals(window.kernel(), KERNEL)
        && Arrays.equals(window.stride(), ONES)
        && Arrays.equals(window.dilation(), ONES)
        && Arrays.equals(window.padBegin(), ONES)
        && Arrays.equals(window.padEnd(), ONES)
        && op.groups() == 1
        && CLIPS.contains(op.fused().activation())
        && isAddressable(op.input())
        && isAddressable(op.output())
        && transformedWeights(op) * Float.BYTES < Integer.MAX_VALUE;
  }

  /** Whole blocks of channels, and fewer bytes, transformed too, than a buffer's index counts. */
  private static boolean isAddressable(Value value) {
    long[] shape = value.shape();
    double bytes = (double) shape[0] * shape[1] * shape[2] * shape[3] * Float.BYTES;
    double piece =
        (double) TileTransforms.COMPONENTS * shape[1] * Math.max(Winograd.TILES, shape[3]);
    return shape[1] % ImageLayout.BLOCK == 0
        && Math.max(bytes, piece * Float.BYTES) < Integer.MAX_VALUE;
  }

  private static double transformedWeights(Op.Conv op) {
    return (double) TileTransforms.COMPONENTS * op.input().size(1) * op.output().size(1);
  }

  private static double cost(Op.Conv op, Purpose purpose) {
    long[] in = op.input().shape();
    Tiles tiles = new Tiles((int) in[0], (int) in[2], (int) in[3]);
    boolean backward = purpose == Purpose.BACKWARD_DATA;
    double from = backward ? op.output().size(1) : in[1];
    double to = backward ? in[1] : op.output().size(1);
    int threads = Native.threads();
    boolean byTiles = areSharedByTiles(tiles, (long) to);
    double products = purpose == Purpose.BACKWARD_WEIGHTS ? 1.3 : 1.15;
    double perWeight =
        switch (purpose) {
          case INFERENCE -> WEIGHT;
          case FORWARD, BACKWARD_DATA -> 100;
          // A thread with tiles of its own has sums of its own.
          case BACKWARD_WEIGHTS -> byTiles ? 35 * threads : 70;
        };
    double there = TRANSFORM * tiles.count() * (byTiles ? from : from * threads);
    double back = TRANSFORM * tiles.count() * to;
    double busy = products * tiles.count() * transformedWeights(op) + there + back;
    return (byTiles ? busy * idle(tiles.rows(), threads) : busy)
        + perWeight * transformedWeights(op);
  }

  /** How much longer rows of tiles take since threads can have but whole ones. */
  private static double idle(int rows, int threads) {
    int most = (rows + threads - 1) / threads;
    return (double) most * threads / rows;
  }

  private static double directCost(Op.Conv op, Purpose purpose) {
    long[] in = op.input().shape();
    double weights = (double) in[1] * op.output().size(1) * 9;
    double narrow = purpose == Purpose.BACKWARD_WEIGHTS ? 1 + 3.0 / in[3] : 1;
    return narrow * in[0] * in[2] * in[3] * weights + WEIGHT * weights;
  }
}
