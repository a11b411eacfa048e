package org.resnet4j.onednn.exec;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.code.SmallGemm;
import org.resnet4j.onednn.exec.Winograd.Purpose;
import org.resnet4j.onednn.ir.Op;
import org.resnet4j.onednn.ir.Window;
import org.resnet4j.onednn.winograd.Tiles;

/**
 * The cost model that chooses convolutions for Winograd's transforms. The unit of cost is one
 * multiplication of a direct convolution (docs/adr/0011). Costs depend on the shape alone, so that
 * equal runs choose alike.
 */
final class WinogradCost {
  private static final long[] KERNEL = {3, 3};
  private static final long[] ONES = {1, 1};

  /** The cost of reading one weight from memory. */
  private static final double WEIGHT = 30;

  private WinogradCost() {}

  /**
   * Returns the tiles with which the 3×3 convolution {@code op} is fastest; null if a direct
   * convolution is faster.
   */
  static @Nullable Tiles tiles(Op.Conv op, Purpose purpose) {
    if (Native.kernelObstacle() != null || !fits(op)) {
      return null;
    }
    long[] in = op.input().shape();
    double least = directCost(op, purpose);
    Tiles best = null;
    // Small tiles are for few pixels: their transformed weights are smaller, and read once an
    // image.
    for (int side : purpose == Purpose.INFERENCE ? new int[] {4, 2} : new int[] {4}) {
      Tiles tiles = new Tiles((int) in[0], (int) in[2], (int) in[3], side);
      double cost = cost(op, purpose, tiles);
      if (cost < least) {
        least = cost;
        best = tiles;
      }
    }
    return best;
  }

  /**
   * Returns whether threads divide the tiles between them. With few tiles they divide the results.
   */
  static boolean areShared(Tiles tiles) {
    return tiles.count() >= WinogradShares.TILES * Native.threads();
  }

  private static boolean fits(Op.Conv op) {
    Window window = op.window();
    return Arrays.equals(window.kernel(), KERNEL)
        && Arrays.equals(window.stride(), ONES)
        && Arrays.equals(window.dilation(), ONES)
        && Arrays.equals(window.padBegin(), ONES)
        && Arrays.equals(window.padEnd(), ONES)
        && op.groups() == 1
        && op.fused().activation().clips()
        && op.input().size(1) % SmallGemm.PANEL == 0
        && op.output().size(1) % SmallGemm.PANEL == 0;
  }

  private static double transformedWeights(Op.Conv op, Tiles tiles) {
    return (double) tiles.components() * op.input().size(1) * op.output().size(1);
  }

  private static double cost(Op.Conv op, Purpose purpose, Tiles tiles) {
    double products = purpose == Purpose.BACKWARD_WEIGHTS ? 1.3 : 1.15;
    double perWeight =
        switch (purpose) {
          case INFERENCE -> WEIGHT;
          case FORWARD, BACKWARD_DATA -> 100;
          // A thread that has its own tiles accumulates its own weight gradients.
          case BACKWARD_WEIGHTS -> areShared(tiles) ? 35 * Native.threads() : 70;
        };
    // The cost of transforming one channel of one tile in one direction.
    double transform = 24 * tiles.components();
    return tiles.count() * products * transformedWeights(op, tiles)
        + tiles.count() * transform * (op.input().size(1) + op.output().size(1))
        + perWeight * transformedWeights(op, tiles);
  }

  private static double directCost(Op.Conv op, Purpose purpose) {
    long[] in = op.input().shape();
    double weights = (double) in[1] * op.output().size(1) * 9;
    double slower =
        switch (purpose) {
          case INFERENCE, FORWARD -> 1;
          case BACKWARD_DATA -> 1.05;
          // Narrow images cost more.
          case BACKWARD_WEIGHTS -> 1 + 3.0 / in[3];
        };
    return slower * in[0] * in[2] * in[3] * weights + WEIGHT * weights;
  }
}
