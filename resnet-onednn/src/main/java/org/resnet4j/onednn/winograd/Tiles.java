package org.resnet4j.onednn.winograd;

/**
 * The division of images into tiles of {@code side} × {@code side} pixels, 2 or 4. Tiles at the
 * lower and right edges may be partial. Tiles are numbered through all images, row by row.
 */
public record Tiles(int images, int height, int width, int side) {
  /** Returns the number of input pixels along height or width that a tile of outputs depends on. */
  int reach() {
    return side + 2;
  }

  /** Returns the number of elements of a transformed tile, or of a transformed kernel. */
  public int components() {
    return reach() * reach();
  }

  int rowsPerImage() {
    return (height + side - 1) / side;
  }

  /** Returns the number of tiles in a row. */
  int perRow() {
    return (width + side - 1) / side;
  }

  /** Returns the number of tiles in all images. */
  public int count() {
    return images * rowsPerImage() * perRow();
  }
}
