package org.resnet4j.onednn.winograd;

import java.util.ArrayList;
import java.util.List;

/** The division of tiles into strips: adjacent tiles of one row of an image. */
final class Strips {
  private Strips() {}

  /**
   * A strip.
   *
   * @param image number of the image
   * @param y first row of pixels
   * @param first tile within the row; {@code end} is the tile after the last
   * @param index of the first tile within the range
   */
  record Strip(int image, int y, int first, int end, int index) {}

  /** Returns the strips of the tiles {@code from} (inclusive) to {@code to} (exclusive). */
  static List<Strip> of(Tiles tiles, int from, int to) {
    List<Strip> strips = new ArrayList<>();
    int tile = from;
    while (tile < to) {
      int row = tile / tiles.perRow();
      int first = tile % tiles.perRow();
      int end = Math.min(tiles.perRow(), first + to - tile);
      int image = row / tiles.rowsPerImage();
      int y = row % tiles.rowsPerImage() * tiles.side();
      strips.add(new Strip(image, y, first, end, tile - from));
      tile += end - first;
    }
    return strips;
  }
}
