package org.resnet4j.onednn.winograd;

import static org.resnet4j.onednn.winograd.Filtering.spread;
import static org.resnet4j.onednn.winograd.VectorKernels.LANES;
import static org.resnet4j.onednn.winograd.VectorKernels.VECTOR;

import org.jspecify.annotations.Nullable;

/**
 * The transforms of tiles in Winograd's minimal filtering of 3×3 kernels (Lavin and Gray 2016,
 * section 4), sixteen channels at a time. Images are {@code [N, C/16, H, W, 16]}, transformed tiles
 * {@code [components, tiles, C]} or, in blocks, {@code [components, C/16, tiles, 16]}. One object
 * serves one thread.
 */
public final class TileTransforms implements AutoCloseable {
  private final Tiles tiles;
  private final boolean blocks;
  private final Filtering filtering;

  /** The rows of images between the two passes, with one column of zeros before and some after. */
  private final Scratch rows;

  /** The distance of {@link #rows} in bytes. */
  private final long rowPitch;

  /** The outputs between the two passes: for each pixel, a row of a tile. */
  private final Scratch columns;

  /** The number of bytes of a pixel in {@link #columns}. */
  private final long narrow;

  /**
   * The outputs of a row of pixels before the epilogue. It is longer than a row of the image if
   * tiles are partial.
   */
  private final Scratch line;

  private final Scratch zeros;

  /** The addresses that {@link Filtering} reads for the first result. */
  private final long[] from;

  /** The first tile of the current strip within its row; {@link #endTile} follows its last. */
  private int firstTile;

  private int endTile;

  /**
   * The distance of the components of transformed tiles in bytes; {@link #pitch} is that of the
   * tiles.
   */
  private long component;

  private long pitch;

  /**
   * Creates the transforms for images divided into {@code tiles}.
   *
   * @param blocks whether transformed tiles are stored in blocks of channels, as images are
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
   * Computes Bᵀ·d·B of the tiles {@code from} (inclusive) to {@code to} (exclusive).
   *
   * @param images [N, C/16, H, W, 16]; pixels outside them are zeros
   * @param channels of the images
   * @param transformed [components, these tiles, C]
   * @param into range of the same length in {@code transformed}
   */
  public void inputs(
      Floats images, Range channels, int from, int to, Floats transformed, Range into) {
    transform(filtering::inputs, 1, images, channels, from, to, transformed, into);
  }

  /**
   * Computes Aᵀ·m·A of the tiles {@code from} (inclusive) to {@code to} (exclusive).
   *
   * @param products matmul results [components, these tiles, C]
   * @param channels of the products
   * @param images [N, C/16, H, W, 16]
   * @param into range of the same length in {@code images}
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
   * Computes A·y·Aᵀ of the gradients of the tiles {@code from} (inclusive) to {@code to}
   * (exclusive).
   *
   * @param images [N, C/16, H, W, 16]
   * @param channels of the images
   * @param transformed [components, these tiles, C]
   * @param into range of the same length in {@code transformed}
   */
  public void gradients(
      Floats images, Range channels, int from, int to, Floats transformed, Range into) {
    transform(filtering::gradients, 0, images, channels, from, to, transformed, into);
  }

  /**
   * Transforms images to tiles.
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

  /** Checks the ranges; the kernels do not check addresses. */
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
   * Transforms a strip in one block of channels.
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

  /** Computes the first pass over the matmul results of a strip, which begin at {@code start}. */
  private void outputColumns(long start) {
    for (int j = 0; j < tiles.reach(); j++) {
      spread(from, start + j * component, tiles.reach() * component);
      long into = columns.address() + j * (long) VECTOR;
      filtering.outputs(from, pitch, into, narrow, tiles.side() * narrow, width());
    }
  }

  /**
   * Computes the second pass for one row of pixels.
   *
   * @param start address of the first pixel
   * @param bias offset of the first channel's bias in bytes
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

  /** Returns the number of bytes of a tile's row of pixels. */
  private long tileWidth() {
    return tiles.side() * (long) VECTOR;
  }

  /** Returns the number of tiles in the strip. */
  private int width() {
    return endTile - firstTile;
  }

  /** A consumer of strips: adjacent tiles in one block of channels. */
  private interface Strip {
    /** Processes a strip; {@code plane} and {@code tile} are offsets in bytes. */
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
   * Returns the distance between the components of transformed tiles in floats. It is an odd number
   * of cache lines, so that the components of one tile use different sets of the cache.
   */
  public static long componentStride(int count, int channels) {
    long all = (long) count * channels;
    return all % (2 * LANES) == 0 ? all + LANES : all;
  }

  /** Returns the offset of the images' block of channels in bytes. */
  private long plane(int image, int block, Range channels) {
    int index = image * (channels.all() / LANES) + channels.first() / LANES + block;
    return (long) index * tiles.height() * tiles.width() * VECTOR;
  }

  /** Returns the address of row {@code y}; rows outside the image are zeros. */
  private long row(long plane, int y) {
    return y >= 0 && y < tiles.height()
        ? plane + (long) y * tiles.width() * VECTOR
        : zeros.address();
  }

  /**
   * Returns the first column of pixels that a strip reads, up to {@code before} left of its tiles.
   */
  private int startColumn(int before) {
    return Math.max(0, firstTile * tiles.side() - before);
  }

  /** Returns the column after the last that a strip reads. */
  private int endColumn(int after) {
    return Math.min(tiles.width(), endTile * tiles.side() + after);
  }

  /**
   * The epilogue of the inverse transform.
   *
   * @param bias floats, one per channel; null for none
   * @param add whether to add the images' old values
   * @param low smaller results become it
   * @param high larger results become it
   */
  public record Finish(@Nullable Floats bias, boolean add, float low, float high) {
    private boolean isNothing() {
      return bias == null
          && !add
          && low == Float.NEGATIVE_INFINITY
          && high == Float.POSITIVE_INFINITY;
    }

    /**
     * Applies the epilogue to {@code count} vectors.
     *
     * @param channel offset of the first channel's bias in bytes
     */
    private void row(long from, long into, long channel, int count) {
      long ofBlock = bias == null ? 0 : bias.address() + channel;
      Kernels.vectors().finish(from, into, count, ofBlock, add, low, high);
    }
  }
}
