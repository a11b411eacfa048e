package org.resnet4j.onednn.conv;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.code.Simd;
import org.resnet4j.onednn.code.SmallGemm;
import org.resnet4j.onednn.exec.Native;
import org.resnet4j.onednn.exec.Team;
import org.resnet4j.onednn.ir.Window;
import org.resnet4j.onednn.winograd.Tiles;

/**
 * The cost model that chooses convolutions for Winograd's transforms. The unit of cost is one
 * multiplication of a direct convolution (docs/adr/0011). Costs depend on the shape and the
 * instruction set alone, so that equal runs choose alike.
 */
final class WinogradCost {
  private static final long[] KERNEL = {3, 3};
  private static final long[] ONES = {1, 1};

  private WinogradCost() {}

  /**
   * The costs that depend on the instruction set.
   *
   * @param read reading one weight from memory
   * @param transform transforming one component of one channel of one tile in one direction
   * @param packed transforming one component of a weight in every step of training
   * @param summed transforming one component of a weight's gradient back, for each thread
   * @param narrow relative cost of a direct convolution of images one pixel wide; that of wider
   *     ones is in inverse proportion
   * @param data relative cost of a direct gradient of the input
   * @param narrowData as {@code narrow}, for gradients of the input
   * @param weights relative cost of a direct gradient of the weights
   * @param narrowWeights as {@code narrow}, for gradients of weights
   */
  private record Costs(
      double read,
      double transform,
      double packed,
      double summed,
      double narrow,
      double data,
      double narrowData,
      double weights,
      double narrowWeights) {
    static final Costs AVX512 = new Costs(15, 10, 100, 35, 0, 1.05, 0, 1, 3);
    static final Costs AVX2 = new Costs(16, 14, 45, 25, 4, 1, 4, 1.2, 6);

    static Costs here() {
      return Native.simd() == Simd.AVX512 ? AVX512 : AVX2;
    }
  }

  /**
   * Returns the tiles with which the 3×3 convolution {@code op} is fastest; null if a direct
   * convolution is faster.
   */
  static @Nullable Tiles tiles(ConvShape op, Purpose purpose) {
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
      if (cost < least && isAddressable(op, tiles)) {
        least = cost;
        best = tiles;
      }
    }
    return best;
  }

  private static boolean fits(ConvShape op) {
    Window window = op.window();
    return Arrays.equals(window.kernel(), KERNEL)
        && Arrays.equals(window.stride(), ONES)
        && Arrays.equals(window.dilation(), ONES)
        && Arrays.equals(window.padBegin(), ONES)
        && Arrays.equals(window.padEnd(), ONES)
        && op.groups() == 1
        && op.activation().clips()
        && op.input().elements() / op.input().size(1)
            <= Integer.MAX_VALUE // tiles are counted by ints
        && op.input().size(1) % SmallGemm.PANEL == 0
        && op.output().size(1) % SmallGemm.PANEL == 0;
  }

  /** Returns whether distances within weights and planes of pixels fit 31 bits. */
  private static boolean isAddressable(ConvShape op, Tiles tiles) {
    long pixels = op.input().size(2) * op.input().size(3);
    return transformedWeights(op, tiles) * Float.BYTES < Integer.MAX_VALUE
        && pixels * Simd.AVX512.bytes() < Integer.MAX_VALUE;
  }

  private static double transformedWeights(ConvShape op, Tiles tiles) {
    return (double) tiles.components() * op.input().size(1) * op.output().size(1);
  }

  private static double cost(ConvShape op, Purpose purpose, Tiles tiles) {
    Costs costs = Costs.here();
    double products = purpose == Purpose.BACKWARD_WEIGHTS ? 1.3 : 1.15;
    double perWeight =
        switch (purpose) {
          case INFERENCE -> costs.read;
          case FORWARD, BACKWARD_DATA -> costs.packed;
          // A thread that has its own tiles accumulates its own weight gradients.
          case BACKWARD_WEIGHTS, BACKWARD_WEIGHTS_AND_BIAS ->
              costs.summed * (WinogradShares.areShared(tiles) ? Team.size() : 2);
        };
    double transform = costs.transform * tiles.components();
    return tiles.count() * products * transformedWeights(op, tiles)
        + tiles.count() * transform * (op.input().size(1) + op.output().size(1))
        + perWeight * transformedWeights(op, tiles);
  }

  private static double directCost(ConvShape op, Purpose purpose) {
    Costs costs = Costs.here();
    long[] in = op.input().shape();
    double weights = (double) in[1] * op.output().size(1) * 9;
    double slower =
        switch (purpose) {
          case INFERENCE -> SmallGemmConv.fits(op) ? 1 : 1 + costs.narrow / in[3];
          case FORWARD -> 1 + costs.narrow / in[3];
          case BACKWARD_DATA -> costs.data + costs.narrowData / in[3];
          case BACKWARD_WEIGHTS, BACKWARD_WEIGHTS_AND_BIAS ->
              costs.weights + costs.narrowWeights / in[3];
        };
    return slower * in[0] * in[2] * in[3] * weights + costs.read * weights;
  }
}
