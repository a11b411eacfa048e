package org.resnet4j.onednn.winograd;

/**
 * How images are cut into tiles of {@code side} × {@code side} pixels, 2 or 4, those at the lower
 * and right edges not full. Tiles are counted through all images, row after row.
 */
public record Tiles(int images, int height, int width, int side) {
  /** Pixels along height or width that a tile of outputs depends on. */
  int reach() {
    return side + 2;
  }

  /** Numbers of a transformed tile, or of transformed weights. */
  public int components() {
    return reach() * reach();
  }

  int rowsPerImage() {
    return (height + side - 1) / side;
  }

  /** Tiles of a row. */
  int perRow() {
    return (width + side - 1) / side;
  }

  /** Tiles in all images. */
  public int count() {
    return images * rowsPerImage() * perRow();
  }
}
