package org.resnet4j.onednn.code;

/**
 * The shape of a {@link SmallGemm} kernel. All distances are in bytes.
 *
 * @param left the left matrix
 * @param weights the right matrix
 * @param results the product
 * @param end the operations on a sum before it is stored
 */
public record GemmShape(Left left, Weights weights, Results results, End end) {
  /**
   * The layout of the left matrix: one or more segments of equal shape, side by side.
   *
   * @param segments number of segments; the weights of one should fit an L1 cache
   * @param rows offset of each row from the start of a segment
   * @param columns number of columns in a segment
   * @param step distance of columns within a block
   * @param block number of columns in a block
   * @param between distance of blocks
   */
  public record Left(int segments, int[] rows, int columns, int step, int block, int between) {
    /** The number of columns whose weights, with those of a few rows, fit an L1 cache. */
    private static final int CACHED = 256;

    /** Returns the least number of segments that divide {@code columns} into cached blocks. */
    public static int segments(int columns, int block) {
      int segments = (columns + CACHED - 1) / CACHED;
      while (columns % (segments * block) != 0) {
        segments++;
      }
      return segments;
    }
  }

  /**
   * The layout of the right matrix.
   *
   * @param row distance of rows
   * @param vector distance of the vectors of a row
   * @param panel distance of panels
   * @param prefetched whether the weights come from memory
   */
  public record Weights(int row, int vector, int panel, boolean prefetched) {}

  /**
   * The layout of the product.
   *
   * @param rows offset of each row from the start of a panel
   * @param vector distance of the vectors of a row
   * @param panel distance of panels
   */
  public record Results(int[] rows, int vector, int panel) {}

  /**
   * The epilogue.
   *
   * @param bias whether sums start with a bias instead of zeros
   * @param add whether sums start with the destination's old values
   * @param low smaller results become it; 0 or negative infinity
   * @param high larger results become it
   */
  public record End(boolean bias, boolean add, float low, float high) {
    /** Returns an epilogue that stores sums, or adds them to the destination. */
    public static End plain(boolean add) {
      return new End(false, add, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY);
    }
  }
}
