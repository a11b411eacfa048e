package org.resnet4j.onednn.winograd;

/**
 * How images are cut into tiles of 4×4 pixels, those at the lower and right edges not full. Rows of
 * tiles are counted through all images, tiles along the rows.
 */
public record Tiles(int images, int height, int width) {
  /** Pixels of a tile along height or width. */
  static final int SIDE = 4;

  int rowsPerImage() {
    return (height + SIDE - 1) / SIDE;
  }

  /** Tiles of a row. */
  public int perRow() {
    return (width + SIDE - 1) / SIDE;
  }

  /** Rows of tiles in all images. */
  public int rows() {
    return images * rowsPerImage();
  }

  /** Tiles in all images. */
  public int count() {
    return rows() * perRow();
  }
}
