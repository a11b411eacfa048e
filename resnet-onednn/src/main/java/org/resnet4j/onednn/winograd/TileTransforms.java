package org.resnet4j.onednn.winograd;

import static org.resnet4j.onednn.winograd.Vectors.LANES;
import static org.resnet4j.onednn.winograd.Vectors.LARGE;
import static org.resnet4j.onednn.winograd.Vectors.ORDER;
import static org.resnet4j.onednn.winograd.Vectors.REACH;
import static org.resnet4j.onednn.winograd.Vectors.SMALL;
import static org.resnet4j.onednn.winograd.Vectors.VECTOR;
import static org.resnet4j.onednn.winograd.Vectors.all;
import static org.resnet4j.onednn.winograd.Vectors.load;
import static org.resnet4j.onednn.winograd.Vectors.store;

import java.nio.ByteBuffer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import org.jspecify.annotations.Nullable;

/**
 * The transformations of tiles in Winograd's minimal filtering F(4×4, 3×3) (Lavin and Gray 2016,
 * section 4.3), sixteen channels at a time. Images lie as {@code [N, C/16, H, W, 16]}, transformed
 * tiles as {@code [36, tiles, C]}. One object serves one thread.
 */
public final class TileTransforms {
  /** Of transformed tiles and weights. */
  public static final int COMPONENTS = REACH * REACH;

  private static final int SIDE = Tiles.SIDE;

  /** Floats of a tile's row that is six vectors wide, in {@link #columns}. */
  private static final int NARROW = REACH * LANES;

  private final Tiles tiles;
  private final ByteBuffer zeros;

  /** Rows of images between the two passes, with one column of zeros before and some after. */
  private final float[] rows;

  private final int rowPitch;
  private final float[] columns;

  /** For images cut into {@code tiles}. */
  public TileTransforms(Tiles tiles) {
    this.tiles = tiles;
    rowPitch = (tiles.perRow() * SIDE + 2) * LANES;
    rows = new float[REACH * rowPitch];
    columns = new float[tiles.perRow() * SIDE * NARROW];
    zeros = ByteBuffer.allocateDirect(tiles.width() * VECTOR).order(ORDER);
  }

  /**
   * Bᵀ·d·B of the tiles in rows {@code from} to before {@code to}.
   *
   * @param images [N, C/16, H, W, 16]; around them are zeros
   * @param transformed [36, tiles of these rows, channels of the range]
   */
  public void inputs(ByteBuffer images, Range channels, int from, int to, ByteBuffer transformed) {
    int tile = channels.count() * Float.BYTES;
    int component = componentStride((to - from) * tiles.perRow(), channels.count()) * Float.BYTES;
    eachStrip(
        channels,
        from,
        to,
        (block, y, plane, into) -> {
          inputColumns(
              source(images, y - 1),
              at(plane, y - 1),
              source(images, y),
              at(plane, y),
              source(images, y + 1),
              at(plane, y + 1),
              source(images, y + 2),
              at(plane, y + 2),
              source(images, y + 3),
              at(plane, y + 3),
              source(images, y + 4),
              at(plane, y + 4));
          for (int i = 0; i < REACH; i++) {
            inputRow(i, transformed, into + i * REACH * component, component, tile);
          }
        });
  }

  /** A row of tiles in one block of channels. */
  private interface Strip {
    /**
     * @param y first row of pixels
     * @param plane where the images' block of channels begins, in bytes
     * @param tile where the first of the transformed tiles begins, in bytes
     */
    void of(int block, int y, int plane, int tile);
  }

  private void eachStrip(Range channels, int from, int to, Strip strip) {
    int pitch = tiles.perRow() * channels.count() * Float.BYTES;
    for (int row = from; row < to; row++) {
      int image = row / tiles.rowsPerImage();
      int y = row % tiles.rowsPerImage() * SIDE;
      for (int block = 0; block < channels.count() / LANES; block++) {
        strip.of(block, y, plane(image, block, channels), (row - from) * pitch + block * VECTOR);
      }
    }
  }

  /**
   * Floats between the components of transformed tiles: rounded up to an odd number of cache lines,
   * or those of one tile would all fall into a few sets of the cache.
   */
  public static int componentStride(int count, int channels) {
    int all = count * channels;
    return all % (2 * LANES) == 0 ? all + LANES : all;
  }

  /** Where the images' block of channels begins, in bytes. */
  private int plane(int image, int block, Range channels) {
    int index = image * (channels.all() / LANES) + channels.first() / LANES + block;
    return index * tiles.height() * tiles.width() * VECTOR;
  }

  private ByteBuffer source(ByteBuffer images, int y) {
    return y >= 0 && y < tiles.height() ? images : zeros;
  }

  private int at(int plane, int y) {
    return y >= 0 && y < tiles.height() ? plane + y * tiles.width() * VECTOR : 0;
  }

  /** Buffers and offsets are parameters, since a loop over arrays of them is no vector code. */
  private void inputColumns(
      ByteBuffer b0,
      int at0,
      ByteBuffer b1,
      int at1,
      ByteBuffer b2,
      int at2,
      ByteBuffer b3,
      int at3,
      ByteBuffer b4,
      int at4,
      ByteBuffer b5,
      int at5) {
    FloatVector small = all(SMALL);
    FloatVector minusSmall = all(-SMALL);
    FloatVector large = all(LARGE);
    FloatVector minusLarge = all(-LARGE);
    FloatVector outer = all(-2.5f);
    FloatVector minusTwo = all(-2);
    FloatVector minusHalf = all(-0.5f);
    float[] out = rows;
    int pitch = rowPitch;
    int width = tiles.width();
    for (int x = 0; x < width; x++) {
      int o = x * VECTOR;
      int z = (x + 1) * LANES;
      FloatVector d0 = load(b0, at0 + o);
      FloatVector d1 = load(b1, at1 + o);
      FloatVector d2 = load(b2, at2 + o);
      FloatVector d3 = load(b3, at3 + o);
      FloatVector d4 = load(b4, at4 + o);
      FloatVector d5 = load(b5, at5 + o);
      d2.fma(outer, d0.add(d4)).intoArray(out, z);
      FloatVector even = d2.fma(minusTwo, d4);
      FloatVector odd = d1.fma(minusTwo, d3);
      odd.fma(small, even).intoArray(out, z + pitch);
      odd.fma(minusSmall, even).intoArray(out, z + 2 * pitch);
      FloatVector even2 = d2.fma(minusHalf, d4);
      FloatVector odd2 = d1.fma(minusHalf, d3);
      odd2.fma(large, even2).intoArray(out, z + 3 * pitch);
      odd2.fma(minusLarge, even2).intoArray(out, z + 4 * pitch);
      d3.fma(outer, d1.add(d5)).intoArray(out, z + 5 * pitch);
    }
  }

  private void inputRow(int row, ByteBuffer into, int start, int component, int tile) {
    FloatVector small = all(SMALL);
    FloatVector minusSmall = all(-SMALL);
    FloatVector large = all(LARGE);
    FloatVector minusLarge = all(-LARGE);
    FloatVector outer = all(-2.5f);
    FloatVector minusTwo = all(-2);
    FloatVector minusHalf = all(-0.5f);
    float[] in = rows;
    int count = tiles.perRow();
    for (int t = 0; t < count; t++) {
      int z = row * rowPitch + t * SIDE * LANES;
      int o = start + t * tile;
      FloatVector d0 = load(in, z);
      FloatVector d1 = load(in, z + LANES);
      FloatVector d2 = load(in, z + 2 * LANES);
      FloatVector d3 = load(in, z + 3 * LANES);
      FloatVector d4 = load(in, z + 4 * LANES);
      FloatVector d5 = load(in, z + 5 * LANES);
      store(d2.fma(outer, d0.add(d4)), into, o);
      FloatVector even = d2.fma(minusTwo, d4);
      FloatVector odd = d1.fma(minusTwo, d3);
      store(odd.fma(small, even), into, o + component);
      store(odd.fma(minusSmall, even), into, o + 2 * component);
      FloatVector even2 = d2.fma(minusHalf, d4);
      FloatVector odd2 = d1.fma(minusHalf, d3);
      store(odd2.fma(large, even2), into, o + 3 * component);
      store(odd2.fma(minusLarge, even2), into, o + 4 * component);
      store(d3.fma(outer, d1.add(d5)), into, o + 5 * component);
    }
  }

  /**
   * What follows the inverse transformation.
   *
   * @param bias floats, one a channel; null for none
   * @param add to what the images hold
   * @param low smaller results become it
   * @param high larger ones
   */
  public record Finish(@Nullable ByteBuffer bias, boolean add, float low, float high) {
    boolean clips() {
      return low > Float.NEGATIVE_INFINITY || high < Float.POSITIVE_INFINITY;
    }
  }

  /**
   * Aᵀ·m·A of the tiles in rows {@code from} to before {@code to}.
   *
   * @param products [36, tiles of these rows, channels of the range]
   * @param images [N, C/16, H, W, 16]
   */
  public void outputs(
      ByteBuffer products, Range channels, int from, int to, ByteBuffer images, Finish finish) {
    int tile = channels.count() * Float.BYTES;
    int component = componentStride((to - from) * tiles.perRow(), channels.count()) * Float.BYTES;
    eachStrip(
        channels,
        from,
        to,
        (block, y, plane, in) -> {
          outputColumns(products, in, component, tile);
          FloatVector bias =
              finish.bias == null
                  ? all(0)
                  : load(finish.bias, channels.first() * Float.BYTES + block * VECTOR);
          int rowsInside = Math.min(SIDE, tiles.height() - y);
          for (int i = 0; i < rowsInside; i++) {
            outputRow(i, images, at(plane, y + i), bias, finish);
          }
        });
  }

  private void outputColumns(ByteBuffer products, int start, int component, int tile) {
    FloatVector small = all(SMALL);
    FloatVector large = all(LARGE);
    FloatVector half = all(0.5f);
    FloatVector two = all(2);
    FloatVector halfSmall = all(SMALL / 2);
    FloatVector twiceLarge = all(2 * LARGE);
    float[] out = columns;
    int count = tiles.perRow();
    for (int t = 0; t < count; t++) {
      for (int j = 0; j < REACH; j++) {
        int o = start + t * tile + j * component;
        int z = t * SIDE * NARROW + j * LANES;
        FloatVector m1 = load(products, o + REACH * component);
        FloatVector m2 = load(products, o + 2 * REACH * component);
        FloatVector m3 = load(products, o + 3 * REACH * component);
        FloatVector m4 = load(products, o + 4 * REACH * component);
        FloatVector even = m1.add(m2);
        FloatVector odd = m1.sub(m2);
        FloatVector even2 = m3.add(m4);
        FloatVector odd2 = m3.sub(m4);
        load(products, o).add(even).add(even2).intoArray(out, z);
        odd2.fma(large, odd.mul(small)).intoArray(out, z + NARROW);
        even2.fma(two, even.mul(half)).intoArray(out, z + 2 * NARROW);
        FloatVector last = load(products, o + 5 * REACH * component);
        odd2.fma(twiceLarge, odd.fma(halfSmall, last)).intoArray(out, z + 3 * NARROW);
      }
    }
  }

  private void outputRow(int row, ByteBuffer images, int start, FloatVector bias, Finish finish) {
    FloatVector small = all(SMALL);
    FloatVector large = all(LARGE);
    FloatVector half = all(0.5f);
    FloatVector two = all(2);
    FloatVector halfSmall = all(SMALL / 2);
    FloatVector twiceLarge = all(2 * LARGE);
    float[] in = columns;
    int width = tiles.width();
    for (int x = 0; x < width; x += SIDE) {
      int z = x * NARROW + row * NARROW;
      int o = start + x * VECTOR;
      FloatVector m1 = load(in, z + LANES);
      FloatVector m2 = load(in, z + 2 * LANES);
      FloatVector m3 = load(in, z + 3 * LANES);
      FloatVector m4 = load(in, z + 4 * LANES);
      FloatVector even = m1.add(m2);
      FloatVector odd = m1.sub(m2);
      FloatVector even2 = m3.add(m4);
      FloatVector odd2 = m3.sub(m4);
      finish(load(in, z).add(bias).add(even).add(even2), images, o, finish);
      if (x + 1 < width) {
        finish(odd2.fma(large, odd.fma(small, bias)), images, o + VECTOR, finish);
      }
      if (x + 2 < width) {
        finish(even2.fma(two, even.fma(half, bias)), images, o + 2 * VECTOR, finish);
      }
      if (x + 3 < width) {
        FloatVector last = load(in, z + 5 * LANES).add(bias);
        finish(odd2.fma(twiceLarge, odd.fma(halfSmall, last)), images, o + 3 * VECTOR, finish);
      }
    }
  }

  private static void finish(FloatVector result, ByteBuffer images, int at, Finish finish) {
    FloatVector sum = finish.add ? result.add(load(images, at)) : result;
    store(finish.clips() ? clip(sum, finish.low, finish.high) : sum, images, at);
  }

  /** What is not a number stays so. */
  private static FloatVector clip(FloatVector values, float low, float high) {
    VectorMask<Float> under = values.compare(VectorOperators.LT, low);
    FloatVector raised = values.blend(low, under);
    return raised.blend(high, raised.compare(VectorOperators.GT, high));
  }

  /**
   * A·y·Aᵀ of the gradients of the tiles in rows {@code from} to before {@code to}.
   *
   * @param images [N, C/16, H, W, 16]
   * @param transformed [36, tiles of these rows, channels of the range]
   */
  public void gradients(
      ByteBuffer images, Range channels, int from, int to, ByteBuffer transformed) {
    int tile = channels.count() * Float.BYTES;
    int component = componentStride((to - from) * tiles.perRow(), channels.count()) * Float.BYTES;
    eachStrip(
        channels,
        from,
        to,
        (block, y, plane, into) -> {
          gradientColumns(
              source(images, y),
              at(plane, y),
              source(images, y + 1),
              at(plane, y + 1),
              source(images, y + 2),
              at(plane, y + 2),
              source(images, y + 3),
              at(plane, y + 3));
          for (int i = 0; i < REACH; i++) {
            gradientRow(i, transformed, into + i * REACH * component, component, tile);
          }
        });
  }

  private void gradientColumns(
      ByteBuffer b0,
      int at0,
      ByteBuffer b1,
      int at1,
      ByteBuffer b2,
      int at2,
      ByteBuffer b3,
      int at3) {
    FloatVector small = all(SMALL);
    FloatVector minusSmall = all(-SMALL);
    FloatVector large = all(LARGE);
    FloatVector minusLarge = all(-LARGE);
    FloatVector half = all(0.5f);
    FloatVector two = all(2);
    float[] out = rows;
    int pitch = rowPitch;
    int width = tiles.width();
    for (int x = 0; x < width; x++) {
      int o = x * VECTOR;
      int z = (x + 1) * LANES;
      FloatVector y0 = load(b0, at0 + o);
      FloatVector y1 = load(b1, at1 + o);
      FloatVector y2 = load(b2, at2 + o);
      FloatVector y3 = load(b3, at3 + o);
      y0.intoArray(out, z);
      FloatVector even = y2.fma(half, y0);
      FloatVector odd = y3.fma(half, y1);
      odd.fma(small, even).intoArray(out, z + pitch);
      odd.fma(minusSmall, even).intoArray(out, z + 2 * pitch);
      FloatVector even2 = y2.fma(two, y0);
      FloatVector odd2 = y3.fma(two, y1);
      odd2.fma(large, even2).intoArray(out, z + 3 * pitch);
      odd2.fma(minusLarge, even2).intoArray(out, z + 4 * pitch);
      y3.intoArray(out, z + 5 * pitch);
    }
  }

  private void gradientRow(int row, ByteBuffer into, int start, int component, int tile) {
    FloatVector small = all(SMALL);
    FloatVector minusSmall = all(-SMALL);
    FloatVector large = all(LARGE);
    FloatVector minusLarge = all(-LARGE);
    FloatVector half = all(0.5f);
    FloatVector two = all(2);
    float[] in = rows;
    int count = tiles.perRow();
    for (int t = 0; t < count; t++) {
      int z = row * rowPitch + (t * SIDE + 1) * LANES;
      int o = start + t * tile;
      FloatVector y0 = load(in, z);
      FloatVector y1 = load(in, z + LANES);
      FloatVector y2 = load(in, z + 2 * LANES);
      FloatVector y3 = load(in, z + 3 * LANES);
      store(y0, into, o);
      FloatVector even = y2.fma(half, y0);
      FloatVector odd = y3.fma(half, y1);
      store(odd.fma(small, even), into, o + component);
      store(odd.fma(minusSmall, even), into, o + 2 * component);
      FloatVector even2 = y2.fma(two, y0);
      FloatVector odd2 = y3.fma(two, y1);
      store(odd2.fma(large, even2), into, o + 3 * component);
      store(odd2.fma(minusLarge, even2), into, o + 4 * component);
      store(y3, into, o + 5 * component);
    }
  }
}
