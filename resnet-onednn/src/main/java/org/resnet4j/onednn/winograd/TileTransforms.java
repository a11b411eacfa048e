package org.resnet4j.onednn.winograd;

import static org.resnet4j.onednn.winograd.Vectors.LANES;
import static org.resnet4j.onednn.winograd.Vectors.VECTOR;
import static org.resnet4j.onednn.winograd.Vectors.all;
import static org.resnet4j.onednn.winograd.Vectors.load;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/**
 * The transformations of tiles in Winograd's minimal filtering of 3×3 kernels (Lavin and Gray 2016,
 * section 4), sixteen channels at a time. Images lie as {@code [N, C/16, H, W, 16]}, transformed
 * tiles as {@code [components, tiles, C]}. One object serves one thread.
 */
public abstract class TileTransforms {
  private final Tiles tiles;
  private final FloatPointer zeros;

  /** Rows of images between the two passes, with one column of zeros before and some after. */
  final float[] rows;

  /** Floats between {@link #rows}. */
  final int rowPitch;

  /** Products between the two passes: pixel by pixel a row of a tile. */
  final float[] columns;

  /** Of the strip at hand: its first tile in the row, and the one after its last. */
  int firstTile;

  int endTile;

  /** Bytes between components, and between tiles, of what is transformed. */
  long component;

  long pitch;

  TileTransforms(Tiles tiles) {
    this.tiles = tiles;
    int width = tiles.perRow() * tiles.side();
    rowPitch = (width + 2) * LANES;
    rows = new float[tiles.reach() * rowPitch];
    columns = new float[width * tiles.reach() * LANES];
    zeros = new FloatPointer(new float[tiles.width() * LANES]);
  }

  /** For images cut into {@code tiles}. */
  public static TileTransforms of(Tiles tiles) {
    return tiles.side() == FourByFour.SIDE ? new FourByFour(tiles) : new TwoByTwo(tiles);
  }

  /**
   * Bᵀ·d·B of the tiles {@code from} to before {@code to}.
   *
   * @param images [N, C/16, H, W, 16]; around them are zeros
   * @param transformed [components, these tiles, C], of which the range's channels are written
   */
  public final void inputs(Floats images, Range channels, int from, int to, Floats transformed) {
    check(images, channels, from, to, transformed);
    eachStrip(
        channels,
        from,
        to,
        (block, y, plane, at) -> inputs(images.address() + plane, y, transformed.address() + at));
  }

  /**
   * Aᵀ·m·A of the tiles {@code from} to before {@code to}.
   *
   * @param products [components, these tiles, C]
   * @param images [N, C/16, H, W, 16], of which the range's channels are written
   */
  public final void outputs(
      Floats products, Range channels, int from, int to, Floats images, Finish finish) {
    check(images, channels, from, to, products);
    if (finish.bias != null) {
      finish.bias.require(channels.all());
    }
    eachStrip(
        channels,
        from,
        to,
        (block, y, plane, at) -> {
          outputColumns(products.address() + at);
          long channel = channels.first() * (long) Float.BYTES + block * (long) VECTOR;
          FloatVector bias = finish.bias == null ? all(0) : load(finish.bias.address() + channel);
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
   * @param transformed [components, these tiles, C], of which the range's channels are written
   */
  public final void gradients(Floats images, Range channels, int from, int to, Floats transformed) {
    check(images, channels, from, to, transformed);
    eachStrip(
        channels,
        from,
        to,
        (block, y, plane, at) ->
            gradients(images.address() + plane, y, transformed.address() + at));
  }

  /** Addresses are not looked at again. */
  private void check(Floats images, Range channels, int from, int to, Floats transformed) {
    if (channels.first() < 0
        || channels.count() % LANES != 0
        || channels.first() + channels.count() > channels.all()
        || from < 0
        || to > tiles.count()) {
      throw new IndexOutOfBoundsException(
          "%s of tiles %d to %d of %s".formatted(channels, from, to, tiles));
    }
    images.require((long) tiles.images() * channels.all() * tiles.height() * tiles.width());
    transformed.require(tiles.components() * componentStride(to - from, channels.all()));
  }

  /**
   * Of a strip, in one block of channels.
   *
   * @param plane address of the images' block of channels
   * @param y first row of pixels
   * @param into address of the first of the transformed tiles
   */
  abstract void inputs(long plane, int y, long into);

  /** As {@link #inputs(long, int, long)}. */
  abstract void gradients(long plane, int y, long into);

  /** First pass over the products of a strip, the first of which is at {@code start}. */
  abstract void outputColumns(long start);

  /** Second pass for one row of pixels, the first of which is at {@code start}. */
  abstract void outputRow(int row, long start, FloatVector bias, Finish finish);

  /** Tiles beside each other in one block of channels. */
  private interface Strip {
    /** As {@link #inputs(long, int, long)}, with bytes from the beginning for addresses. */
    void of(int block, int y, long plane, long tile);
  }

  private void eachStrip(Range channels, int from, int to, Strip strip) {
    pitch = (long) channels.all() * Float.BYTES;
    component = componentStride(to - from, channels.all()) * Float.BYTES;
    int tile = from;
    while (tile < to) {
      int row = tile / tiles.perRow();
      firstTile = tile % tiles.perRow();
      endTile = Math.min(tiles.perRow(), firstTile + to - tile);
      int image = row / tiles.rowsPerImage();
      int y = row % tiles.rowsPerImage() * tiles.side();
      long at = (tile - from) * pitch + channels.first() * (long) Float.BYTES;
      for (int block = 0; block < channels.count() / LANES; block++) {
        strip.of(block, y, plane(image, block, channels), at + block * (long) VECTOR);
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
  final long row(long plane, int y) {
    return y >= 0 && y < tiles.height()
        ? plane + (long) y * tiles.width() * VECTOR
        : zeros.address();
  }

  /** The first column of pixels that a strip reads, which may read some before its tiles. */
  final int startColumn(int before) {
    return Math.max(0, firstTile * tiles.side() - before);
  }

  /** The one after the last. */
  final int endColumn(int after) {
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
    private boolean clips() {
      return low > Float.NEGATIVE_INFINITY || high < Float.POSITIVE_INFINITY;
    }

    void store(FloatVector result, long address) {
      FloatVector sum = add ? result.add(load(address)) : result;
      Vectors.store(clips() ? clip(sum) : sum, address);
    }

    /** What is not a number stays so. */
    private FloatVector clip(FloatVector values) {
      VectorMask<Float> under = values.compare(VectorOperators.LT, low);
      FloatVector raised = values.blend(low, under);
      return raised.blend(high, raised.compare(VectorOperators.GT, high));
    }
  }
}
