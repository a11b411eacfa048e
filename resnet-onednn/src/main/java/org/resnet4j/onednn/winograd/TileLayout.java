package org.resnet4j.onednn.winograd;

import org.resnet4j.onednn.code.Simd;

/**
 * The layout of transformed tiles or of matmul results in memory. All distances are in bytes.
 *
 * @param tile distance of tiles
 * @param block distance of blocks of as many channels as a register holds floats
 * @param component distance of components
 * @param count number of tiles
 * @param channels number of channels
 */
public record TileLayout(int tile, int block, int component, int count, int channels) {
  private static final int LINE = 64;

  /** Returns the layout {@code [components, channels / lanes, tiles, lanes]}. */
  public static TileLayout inBlocks(Simd simd, int count, int channels) {
    int block = odd(Math.multiplyExact(count, simd.bytes()));
    return new TileLayout(
        simd.bytes(),
        block,
        odd(Math.multiplyExact(block, channels / simd.lanes())),
        count,
        channels);
  }

  /** Returns the layout {@code [components, tiles, channels]}. */
  public static TileLayout inRows(Simd simd, int count, int channels) {
    int tile = odd(Math.multiplyExact(channels, Float.BYTES));
    return new TileLayout(
        tile, simd.bytes(), odd(Math.multiplyExact(count, tile)), count, channels);
  }

  /**
   * Returns at least {@code bytes}: an odd number of cache lines, so that the components of one
   * tile use different sets of the cache.
   */
  private static int odd(int bytes) {
    int lines = (bytes + LINE - 1) / LINE;
    return Math.multiplyExact(lines + 1 - lines % 2, LINE);
  }

  /** Returns the number of floats in all components of {@code tiles}. */
  public long floats(Tiles tiles) {
    return (long) tiles.components() * component / Float.BYTES;
  }
}
