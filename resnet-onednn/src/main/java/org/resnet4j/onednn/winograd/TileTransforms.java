package org.resnet4j.onednn.winograd;

import static org.resnet4j.onednn.winograd.Filtering.spread;
import static org.resnet4j.onednn.winograd.VectorKernels.LANES;
import static org.resnet4j.onednn.winograd.VectorKernels.VECTOR;

import org.jspecify.annotations.Nullable;

/**
 * The transformations of tiles in Winograd's minimal filtering of 3×3 kernels (Lavin and Gray 2016,
 * section 4), sixteen channels at a time. Images lie as {@code [N, C/16, H, W, 16]}, transformed
 * tiles as {@code [components, tiles, C]} or, in blocks, as {@code [components, C/16, tiles, 16]}.
 * One object serves one thread.
 */
public final class TileTransforms implements AutoCloseable {
  private final Tiles tiles;
  private final boolean blocks;
  private final Filtering filtering;

  /** Rows of images between the two passes, with one column of zeros before and some after. */
  private final Scratch rows;

  /** Bytes between {@link #rows}. */
  private final long rowPitch;

  /** Products between the two passes: pixel by pixel a row of a tile. */
  private final Scratch columns;

  /** Of {@link #columns}, the bytes of a pixel. */
  private final long narrow;

  /**
   * A row of pixels before it is finished; more of them than images have where tiles are not full.
   */
  private final Scratch line;

  private final Scratch zeros;

  /** What {@link Filtering} reads for the first result. */
  private final long[] from;

  /** Of the strip at hand: its first tile in the row, and the one after its last. */
  private int firstTile;

  private int endTile;

  /** Bytes between components, and between tiles, of what is transformed. */
  private long component;

  private long pitch;

  /**
   * For images cut into {@code tiles}.
   *
   * @param blocks of transformed tiles lie like those of images
   */
  public TileTransforms(Tiles tiles, boolean blocks) {
    this.tiles = tiles;
    this.blocks = blocks;
    filtering = Kernels.vectors().filtering(tiles.side());
    int width = tiles.perRow() * tiles.side();
    rowPitch = (width + 2) * (long) VECTOR;
    narrow = tiles.reach() * (long) VECTOR;
    rows = new Scratch((width + 2) * tiles.reach());
    columns = new Scratch(width * tiles.reach());
    line = new Scratch(width);
    zeros = new Scratch(tiles.width());
    from = new long[tiles.reach()];
  }

  @Override
  public void close() {
    rows.close();
    columns.close();
    line.close();
    zeros.close();
  }

  /**
   * Bᵀ·d·B of the tiles {@code from} to before {@code to}.
   *
   * @param images [N, C/16, H, W, 16]; around them are zeros
   * @param channels of the images
   * @param transformed [components, these tiles, C]
   * @param into as many channels of the transformed tiles
   */
  public void inputs(
      Floats images, Range channels, int from, int to, Floats transformed, Range into) {
    transform(filtering::inputs, 1, images, channels, from, to, transformed, into);
  }

  /**
   * Aᵀ·m·A of the tiles {@code from} to before {@code to}.
   *
   * @param products [components, these tiles, C]
   * @param channels of the products
   * @param images [N, C/16, H, W, 16]
   * @param into as many channels of the images
   */
  public void outputs(
      Floats products, Range channels, int from, int to, Floats images, Range into, Finish finish) {
    check(images, into, from, to, products, channels);
    if (finish.bias != null) {
      finish.bias.require(into.all());
    }
    eachStrip(
        into,
        from,
        to,
        channels,
        (block, y, plane, at) -> {
          outputColumns(products.address() + at);
          long bias = into.first() * (long) Float.BYTES + block * (long) VECTOR;
          int rowsInside = Math.min(tiles.side(), tiles.height() - y);
          for (int i = 0; i < rowsInside; i++) {
            outputRow(i, row(images.address() + plane, y + i), bias, finish);
          }
        });
  }

  /**
   * A·y·Aᵀ of the gradients of the tiles {@code from} to before {@code to}.
   *
   * @param images [N, C/16, H, W, 16]
   * @param channels of the images
   * @param transformed [components, these tiles, C]
   * @param into as many channels of the transformed tiles
   */
  public void gradients(
      Floats images, Range channels, int from, int to, Floats transformed, Range into) {
    transform(filtering::gradients, 0, images, channels, from, to, transformed, into);
  }

  /**
   * From images to transformed tiles.
   *
   * @param around pixels that a tile reads beyond its own, on each side
   */
  private void transform(
      Filtering.Pass pass,
      int around,
      Floats images,
      Range channels,
      int from,
      int to,
      Floats transformed,
      Range into) {
    check(images, channels, from, to, transformed, into);
    eachStrip(
        channels,
        from,
        to,
        into,
        (block, y, plane, at) ->
            transform(pass, around, images.address() + plane, y, transformed.address() + at));
  }

  /** Addresses are not looked at again. */
  private void check(
      Floats images, Range channels, int from, int to, Floats transformed, Range ofTiles) {
    channels.require();
    ofTiles.require();
    if (channels.count() != ofTiles.count() || from < 0 || to > tiles.count()) {
      throw new IndexOutOfBoundsException(
          "%s and %s of tiles %s to %s of %s".formatted(channels, ofTiles, from, to, tiles));
    }
    images.require((long) tiles.images() * channels.all() * tiles.height() * tiles.width());
    transformed.require(tiles.components() * componentStride(to - from, ofTiles.all()));
  }

  /**
   * Of a strip, in one block of channels.
   *
   * @param plane address of the images' block of channels
   * @param y first row of pixels
   * @param into address of the first of the transformed tiles
   */
  private void transform(Filtering.Pass pass, int around, long plane, int y, long into) {
    int first = startColumn(around);
    for (int i = 0; i < tiles.side() + 2 * around; i++) {
      from[i] = row(plane, y - around + i) + first * (long) VECTOR;
    }
    long start = rows.address() + (first + 1) * (long) VECTOR;
    pass.of(from, VECTOR, start, rowPitch, VECTOR, endColumn(around) - first);
    long firstRead = firstTile * tileWidth() + (1 - around) * (long) VECTOR;
    for (int i = 0; i < tiles.reach(); i++) {
      spread(from, rows.address() + i * rowPitch + firstRead, VECTOR);
      long row = into + component * i * tiles.reach();
      pass.of(from, tileWidth(), row, component, pitch, width());
    }
  }

  /** First pass over the products of a strip, the first of which is at {@code start}. */
  private void outputColumns(long start) {
    for (int j = 0; j < tiles.reach(); j++) {
      spread(from, start + j * component, tiles.reach() * component);
      long into = columns.address() + j * (long) VECTOR;
      filtering.outputs(from, pitch, into, narrow, tiles.side() * narrow, width());
    }
  }

  /**
   * Second pass for one row of pixels.
   *
   * @param start address of the first
   * @param bias of the first channel, in bytes
   */
  private void outputRow(int row, long start, long bias, Finish finish) {
    spread(from, columns.address() + row * narrow, VECTOR);
    boolean direct = finish.isNothing() && endTile * tiles.side() <= tiles.width();
    long into = direct ? start + firstTile * tileWidth() : line.address();
    filtering.outputs(from, tiles.side() * narrow, into, VECTOR, tileWidth(), width());
    if (!direct) {
      int first = startColumn(0);
      finish.row(line.address(), start + first * (long) VECTOR, bias, endColumn(0) - first);
    }
  }

  /** Bytes of a tile's row of pixels. */
  private long tileWidth() {
    return tiles.side() * (long) VECTOR;
  }

  /** Tiles of the strip. */
  private int width() {
    return endTile - firstTile;
  }

  /** Tiles beside each other in one block of channels. */
  private interface Strip {
    /** Places are bytes from the beginning. */
    void of(int block, int y, long plane, long tile);
  }

  private void eachStrip(Range channels, int from, int to, Range ofTiles, Strip strip) {
    pitch = blocks ? VECTOR : (long) ofTiles.all() * Float.BYTES;
    long between = blocks ? (to - from) * (long) VECTOR : VECTOR;
    component = componentStride(to - from, ofTiles.all()) * Float.BYTES;
    int tile = from;
    while (tile < to) {
      int row = tile / tiles.perRow();
      firstTile = tile % tiles.perRow();
      endTile = Math.min(tiles.perRow(), firstTile + to - tile);
      int image = row / tiles.rowsPerImage();
      int y = row % tiles.rowsPerImage() * tiles.side();
      long at = (tile - from) * pitch + ofTiles.first() / LANES * between;
      for (int block = 0; block < channels.count() / LANES; block++) {
        strip.of(block, y, plane(image, block, channels), at + block * between);
      }
      tile += endTile - firstTile;
    }
  }

  /**
   * Floats between the components of transformed tiles: rounded up to an odd number of cache lines,
   * or those of one tile would all fall into a few sets of the cache.
   */
  public static long componentStride(int count, int channels) {
    long all = (long) count * channels;
    return all % (2 * LANES) == 0 ? all + LANES : all;
  }

  /** Where the images' block of channels begins, in bytes. */
  private long plane(int image, int block, Range channels) {
    int index = image * (channels.all() / LANES) + channels.first() / LANES + block;
    return (long) index * tiles.height() * tiles.width() * VECTOR;
  }

  /** Address of row {@code y}; around the images are zeros. */
  private long row(long plane, int y) {
    return y >= 0 && y < tiles.height()
        ? plane + (long) y * tiles.width() * VECTOR
        : zeros.address();
  }

  /** The first column of pixels that a strip reads, which may read some before its tiles. */
  private int startColumn(int before) {
    return Math.max(0, firstTile * tiles.side() - before);
  }

  /** The one after the last. */
  private int endColumn(int after) {
    return Math.min(tiles.width(), endTile * tiles.side() + after);
  }

  /**
   * What follows the inverse transformation.
   *
   * @param bias floats, one a channel; null for none
   * @param add to what the images hold
   * @param low smaller results become it
   * @param high larger ones
   */
  public record Finish(@Nullable Floats bias, boolean add, float low, float high) {
    private boolean isNothing() {
      return bias == null
          && !add
          && low == Float.NEGATIVE_INFINITY
          && high == Float.POSITIVE_INFINITY;
    }

    /**
     * From address to address.
     *
     * @param channel where the bias of the first channel is, in bytes
     */
    private void row(long from, long into, long channel, int count) {
      long ofBlock = bias == null ? 0 : bias.address() + channel;
      Kernels.vectors().finish(from, into, count, ofBlock, add, low, high);
    }
  }
}
