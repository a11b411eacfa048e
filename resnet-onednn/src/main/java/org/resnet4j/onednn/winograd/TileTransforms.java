package org.resnet4j.onednn.winograd;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * The transformations of Winograd's minimal filtering F(4×4, 3×3) (Lavin and Gray 2016, section
 * 4.3), sixteen channels at a time. Images lie as {@code [N, C/16, H, W, 16]}, transformed tiles as
 * {@code [36, tiles, C]}, transformed weights as {@code [36, inputs, outputs]}. One object serves
 * one thread.
 */
public final class TileTransforms {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_512;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private static final int LANES = 16;
  private static final int VECTOR = LANES * Float.BYTES;

  /** Pixels along height or width that a tile of outputs depends on. */
  private static final int REACH = 6;

  /** Of transformed tiles and weights. */
  public static final int COMPONENTS = REACH * REACH;

  private static final int SIDE = Tiles.SIDE;

  /**
   * Polynomials are evaluated at 0, ±1/√2, ±√2 and ∞. Lavin and Gray's 0, ±1, ±2 and ∞ need as many
   * operations and lose two bits more (docs/adr/0011).
   */
  private static final float SMALL = (float) Math.sqrt(0.5);

  private static final float LARGE = (float) Math.sqrt(2);

  /** Floats between the rows of {@link #columns} where a tile is six or three vectors wide. */
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
    columns = new float[Math.max(tiles.perRow() * SIDE, REACH) * NARROW];
    zeros = ByteBuffer.allocateDirect(tiles.width() * VECTOR).order(ORDER);
  }

  /** Transforms one vector of weights after the other, where no images are cut. */
  public TileTransforms() {
    this(new Tiles(1, SIDE, SIDE));
  }

  private static FloatVector load(ByteBuffer from, int at) {
    return FloatVector.fromByteBuffer(SPECIES, from, at, ORDER);
  }

  private static void store(FloatVector vector, ByteBuffer into, int at) {
    vector.intoByteBuffer(into, at, ORDER);
  }

  private static FloatVector load(float[] from, int at) {
    return FloatVector.fromArray(SPECIES, from, at);
  }

  private static FloatVector all(float value) {
    return FloatVector.broadcast(SPECIES, value);
  }

  /** Some of {@code all} channels or weights: {@code count} from {@code first} on. */
  public record Range(int first, int count, int all) {
    /** All of them. */
    public static Range all(int count) {
      return new Range(0, count, count);
    }
  }

  /**
   * Bᵀ·d·B of the tiles in rows {@code from} to before {@code to}.
   *
   * @param images [N, C/16, H, W, 16]; around them are zeros
   * @param transformed [36, tiles of these rows, channels of the range]
   */
  public void inputs(ByteBuffer images, Range channels, int from, int to, ByteBuffer transformed) {
    int tile = channels.count * Float.BYTES;
    int component = components((to - from) * tiles.perRow(), channels.count) * Float.BYTES;
    for (int row = from; row < to; row++) {
      int first = row % tiles.rowsPerImage() * SIDE - 1;
      for (int block = 0; block < channels.count / LANES; block++) {
        int plane = plane(row / tiles.rowsPerImage(), block, channels);
        inputColumns(
            source(images, first),
            at(plane, first),
            source(images, first + 1),
            at(plane, first + 1),
            source(images, first + 2),
            at(plane, first + 2),
            source(images, first + 3),
            at(plane, first + 3),
            source(images, first + 4),
            at(plane, first + 4),
            source(images, first + 5),
            at(plane, first + 5));
        int into = (row - from) * tiles.perRow() * tile + block * VECTOR;
        for (int i = 0; i < REACH; i++) {
          inputRow(i, transformed, into + i * REACH * component, component, tile);
        }
      }
    }
  }

  /**
   * Floats between the components of transformed tiles: rounded up to an odd number of cache lines,
   * or those of one tile would all fall into a few sets of the cache.
   */
  public static int components(int count, int channels) {
    int all = count * channels;
    return all % (2 * LANES) == 0 ? all + LANES : all;
  }

  /** Where the images' block of channels begins, in bytes. */
  private int plane(int image, int block, Range channels) {
    int index = image * (channels.all / LANES) + channels.first / LANES + block;
    return index * tiles.height() * tiles.width() * VECTOR;
  }

  private ByteBuffer source(ByteBuffer images, int y) {
    return y >= 0 && y < tiles.height() ? images : zeros;
  }

  private int at(int plane, int y) {
    return y >= 0 && y < tiles.height() ? plane + y * tiles.width() * VECTOR : 0;
  }

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
    int tile = channels.count * Float.BYTES;
    int component = components((to - from) * tiles.perRow(), channels.count) * Float.BYTES;
    for (int row = from; row < to; row++) {
      int first = row % tiles.rowsPerImage() * SIDE;
      int last = Math.min(SIDE, tiles.height() - first);
      for (int block = 0; block < channels.count / LANES; block++) {
        outputColumns(
            products, (row - from) * tiles.perRow() * tile + block * VECTOR, component, tile);
        int plane = plane(row / tiles.rowsPerImage(), block, channels);
        FloatVector bias =
            finish.bias == null
                ? all(0)
                : load(finish.bias, channels.first * Float.BYTES + block * VECTOR);
        for (int i = 0; i < last; i++) {
          outputRow(i, images, at(plane, first + i), bias, finish);
        }
      }
    }
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
    int tile = channels.count * Float.BYTES;
    int component = components((to - from) * tiles.perRow(), channels.count) * Float.BYTES;
    for (int row = from; row < to; row++) {
      int first = row % tiles.rowsPerImage() * SIDE;
      for (int block = 0; block < channels.count / LANES; block++) {
        int plane = plane(row / tiles.rowsPerImage(), block, channels);
        gradientColumns(
            source(images, first),
            at(plane, first),
            source(images, first + 1),
            at(plane, first + 1),
            source(images, first + 2),
            at(plane, first + 2),
            source(images, first + 3),
            at(plane, first + 3));
        int into = (row - from) * tiles.perRow() * tile + block * VECTOR;
        for (int i = 0; i < REACH; i++) {
          gradientRow(i, transformed, into + i * REACH * component, component, tile);
        }
      }
    }
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

  /**
   * G·g·Gᵀ of the weights of a range; its boundaries are multiples of 16.
   *
   * @param plain [3, 3, all weights]
   * @param turned by half a turn before
   * @param transformed [36, weights of the range {@code place}]
   */
  public void weights(
      ByteBuffer plain, Range range, boolean turned, ByteBuffer transformed, Range place) {
    int step = (turned ? -1 : 1) * range.all * Float.BYTES;
    int start = turned ? -8 * step : 0;
    int component = place.count * Float.BYTES;
    for (int i = 0; i < range.count; i += LANES) {
      int at = (range.first + i) * Float.BYTES;
      for (int j = 0; j < 3; j++) {
        weightColumn(plain, start + at + j * step, 3 * step, j * LANES);
      }
      int into = at - place.first * Float.BYTES;
      for (int j = 0; j < REACH; j++) {
        weightRow(j * NARROW, transformed, into + j * REACH * component, component);
      }
    }
  }

  private void weightColumn(ByteBuffer plain, int at, int step, int z) {
    FloatVector g0 = load(plain, at);
    FloatVector g1 = load(plain, at + step);
    FloatVector g2 = load(plain, at + 2 * step);
    float[] out = columns;
    g0.intoArray(out, z);
    FloatVector even = g0.mul(-2 / 3f).add(g2.mul(-1 / 3f));
    FloatVector odd = g1.mul(LARGE / 3);
    even.sub(odd).intoArray(out, z + NARROW);
    even.add(odd).intoArray(out, z + 2 * NARROW);
    FloatVector even2 = g0.mul(1 / 6f).add(g2.mul(1 / 3f));
    FloatVector odd2 = g1.mul(LARGE / 6);
    even2.add(odd2).intoArray(out, z + 3 * NARROW);
    even2.sub(odd2).intoArray(out, z + 4 * NARROW);
    g2.intoArray(out, z + 5 * NARROW);
  }

  private void weightRow(int z, ByteBuffer into, int at, int component) {
    float[] in = columns;
    FloatVector g0 = load(in, z);
    FloatVector g1 = load(in, z + LANES);
    FloatVector g2 = load(in, z + 2 * LANES);
    store(g0, into, at);
    FloatVector even = g0.mul(-2 / 3f).add(g2.mul(-1 / 3f));
    FloatVector odd = g1.mul(LARGE / 3);
    store(even.sub(odd), into, at + component);
    store(even.add(odd), into, at + 2 * component);
    FloatVector even2 = g0.mul(1 / 6f).add(g2.mul(1 / 3f));
    FloatVector odd2 = g1.mul(LARGE / 6);
    store(even2.add(odd2), into, at + 3 * component);
    store(even2.sub(odd2), into, at + 4 * component);
    store(g2, into, at + 5 * component);
  }

  /**
   * Gᵀ·m·G: gradients of the weights of a range; its boundaries are multiples of 16.
   *
   * @param products [36, weights of the range {@code place}]
   * @param plain [3, 3, all weights]
   */
  public void weightGradients(ByteBuffer products, Range place, Range range, ByteBuffer plain) {
    int component = place.count * Float.BYTES;
    int step = range.all * Float.BYTES;
    for (int i = 0; i < range.count; i += LANES) {
      int at = (range.first + i) * Float.BYTES;
      int from = at - place.first * Float.BYTES;
      for (int j = 0; j < REACH; j++) {
        weightGradientColumn(products, from + j * component, REACH * component, j * LANES);
      }
      for (int j = 0; j < 3; j++) {
        weightGradientRow(j * NARROW, plain, at + 3 * j * step, step);
      }
    }
  }

  /**
   * Adds products of another thread, of the weights of a range.
   *
   * @param into [36, all weights], as is {@code more}
   */
  public static void add(ByteBuffer into, ByteBuffer more, Range range) {
    for (int component = 0; component < COMPONENTS; component++) {
      int start = (component * range.all + range.first) * Float.BYTES;
      for (int i = 0; i < range.count; i += LANES) {
        int at = start + i * Float.BYTES;
        store(load(into, at).add(load(more, at)), into, at);
      }
    }
  }

  private void weightGradientColumn(ByteBuffer products, int at, int step, int z) {
    FloatVector m1 = load(products, at + step);
    FloatVector m2 = load(products, at + 2 * step);
    FloatVector m3 = load(products, at + 3 * step);
    FloatVector m4 = load(products, at + 4 * step);
    FloatVector even = m1.add(m2);
    FloatVector even2 = m3.add(m4);
    float[] out = columns;
    load(products, at).add(even.mul(-2 / 3f)).add(even2.mul(1 / 6f)).intoArray(out, z);
    m2.sub(m1).mul(LARGE / 3).add(m3.sub(m4).mul(LARGE / 6)).intoArray(out, z + NARROW);
    even2.sub(even).mul(1 / 3f).add(load(products, at + 5 * step)).intoArray(out, z + 2 * NARROW);
  }

  private void weightGradientRow(int z, ByteBuffer into, int at, int component) {
    float[] in = columns;
    FloatVector m1 = load(in, z + LANES);
    FloatVector m2 = load(in, z + 2 * LANES);
    FloatVector m3 = load(in, z + 3 * LANES);
    FloatVector m4 = load(in, z + 4 * LANES);
    FloatVector even = m1.add(m2);
    FloatVector even2 = m3.add(m4);
    store(load(in, z).add(even.mul(-2 / 3f)).add(even2.mul(1 / 6f)), into, at);
    store(m2.sub(m1).mul(LARGE / 3).add(m3.sub(m4).mul(LARGE / 6)), into, at + component);
    store(even2.sub(even).mul(1 / 3f).add(load(in, z + 5 * LANES)), into, at + 2 * component);
  }
}
