package org.resnet4j.onednn.winograd;

import static org.resnet4j.onednn.winograd.Vectors.LANES;
import static org.resnet4j.onednn.winograd.Vectors.LARGE;
import static org.resnet4j.onednn.winograd.Vectors.SMALL;
import static org.resnet4j.onednn.winograd.Vectors.VECTOR;
import static org.resnet4j.onednn.winograd.Vectors.all;
import static org.resnet4j.onednn.winograd.Vectors.load;
import static org.resnet4j.onednn.winograd.Vectors.store;

import jdk.incubator.vector.FloatVector;

/** F(4×4, 3×3), with the points of {@link Vectors}. */
final class FourByFour extends TileTransforms {
  static final int SIDE = 4;
  private static final int REACH = SIDE + 2;

  /** Floats of a tile's row that is six vectors wide. */
  private static final int NARROW = REACH * LANES;

  FourByFour(Tiles tiles) {
    super(tiles);
  }

  @Override
  void inputs(long plane, int y, long into) {
    inputColumns(
        row(plane, y - 1),
        row(plane, y),
        row(plane, y + 1),
        row(plane, y + 2),
        row(plane, y + 3),
        row(plane, y + 4));
    for (int i = 0; i < REACH; i++) {
      inputRow(i, into + i * REACH * component);
    }
  }

  /** Addresses are parameters, since a loop over an array of them is no vector code. */
  private void inputColumns(long at0, long at1, long at2, long at3, long at4, long at5) {
    FloatVector small = all(SMALL);
    FloatVector minusSmall = all(-SMALL);
    FloatVector large = all(LARGE);
    FloatVector minusLarge = all(-LARGE);
    FloatVector outer = all(-2.5f);
    FloatVector minusTwo = all(-2);
    FloatVector minusHalf = all(-0.5f);
    float[] out = rows;
    int row = rowPitch;
    int end = endColumn(1);
    for (int x = startColumn(1); x < end; x++) {
      long o = (long) x * VECTOR;
      int z = (x + 1) * LANES;
      FloatVector d0 = load(at0 + o);
      FloatVector d1 = load(at1 + o);
      FloatVector d2 = load(at2 + o);
      FloatVector d3 = load(at3 + o);
      FloatVector d4 = load(at4 + o);
      FloatVector d5 = load(at5 + o);
      d2.fma(outer, d0.add(d4)).intoArray(out, z);
      FloatVector even = d2.fma(minusTwo, d4);
      FloatVector odd = d1.fma(minusTwo, d3);
      odd.fma(small, even).intoArray(out, z + row);
      odd.fma(minusSmall, even).intoArray(out, z + 2 * row);
      FloatVector even2 = d2.fma(minusHalf, d4);
      FloatVector odd2 = d1.fma(minusHalf, d3);
      odd2.fma(large, even2).intoArray(out, z + 3 * row);
      odd2.fma(minusLarge, even2).intoArray(out, z + 4 * row);
      d3.fma(outer, d1.add(d5)).intoArray(out, z + 5 * row);
    }
  }

  private void inputRow(int row, long start) {
    FloatVector small = all(SMALL);
    FloatVector minusSmall = all(-SMALL);
    FloatVector large = all(LARGE);
    FloatVector minusLarge = all(-LARGE);
    FloatVector outer = all(-2.5f);
    FloatVector minusTwo = all(-2);
    FloatVector minusHalf = all(-0.5f);
    float[] in = rows;
    long between = component;
    long tile = pitch;
    int first = firstTile;
    int end = endTile;
    for (int t = first; t < end; t++) {
      int z = row * rowPitch + t * SIDE * LANES;
      long o = start + (t - first) * tile;
      FloatVector d0 = load(in, z);
      FloatVector d1 = load(in, z + LANES);
      FloatVector d2 = load(in, z + 2 * LANES);
      FloatVector d3 = load(in, z + 3 * LANES);
      FloatVector d4 = load(in, z + 4 * LANES);
      FloatVector d5 = load(in, z + 5 * LANES);
      store(d2.fma(outer, d0.add(d4)), o);
      FloatVector even = d2.fma(minusTwo, d4);
      FloatVector odd = d1.fma(minusTwo, d3);
      store(odd.fma(small, even), o + between);
      store(odd.fma(minusSmall, even), o + 2 * between);
      FloatVector even2 = d2.fma(minusHalf, d4);
      FloatVector odd2 = d1.fma(minusHalf, d3);
      store(odd2.fma(large, even2), o + 3 * between);
      store(odd2.fma(minusLarge, even2), o + 4 * between);
      store(d3.fma(outer, d1.add(d5)), o + 5 * between);
    }
  }

  @Override
  void outputColumns(long start) {
    FloatVector small = all(SMALL);
    FloatVector large = all(LARGE);
    FloatVector half = all(0.5f);
    FloatVector two = all(2);
    FloatVector halfSmall = all(SMALL / 2);
    FloatVector twiceLarge = all(2 * LARGE);
    float[] out = columns;
    long between = component;
    long tile = pitch;
    int first = firstTile;
    int end = endTile;
    for (int t = first; t < end; t++) {
      for (int j = 0; j < REACH; j++) {
        long o = start + (t - first) * tile + j * between;
        int z = t * SIDE * NARROW + j * LANES;
        FloatVector m1 = load(o + REACH * between);
        FloatVector m2 = load(o + 2 * REACH * between);
        FloatVector m3 = load(o + 3 * REACH * between);
        FloatVector m4 = load(o + 4 * REACH * between);
        FloatVector even = m1.add(m2);
        FloatVector odd = m1.sub(m2);
        FloatVector even2 = m3.add(m4);
        FloatVector odd2 = m3.sub(m4);
        load(o).add(even).add(even2).intoArray(out, z);
        odd2.fma(large, odd.mul(small)).intoArray(out, z + NARROW);
        even2.fma(two, even.mul(half)).intoArray(out, z + 2 * NARROW);
        FloatVector last = load(o + 5 * REACH * between);
        odd2.fma(twiceLarge, odd.fma(halfSmall, last)).intoArray(out, z + 3 * NARROW);
      }
    }
  }

  @Override
  void outputRow(int row, long start, FloatVector bias, Finish finish) {
    FloatVector small = all(SMALL);
    FloatVector large = all(LARGE);
    FloatVector half = all(0.5f);
    FloatVector two = all(2);
    FloatVector halfSmall = all(SMALL / 2);
    FloatVector twiceLarge = all(2 * LARGE);
    float[] in = columns;
    int width = endColumn(0);
    for (int x = startColumn(0); x < width; x += SIDE) {
      int z = x * NARROW + row * NARROW;
      long o = start + (long) x * VECTOR;
      FloatVector m1 = load(in, z + LANES);
      FloatVector m2 = load(in, z + 2 * LANES);
      FloatVector m3 = load(in, z + 3 * LANES);
      FloatVector m4 = load(in, z + 4 * LANES);
      FloatVector even = m1.add(m2);
      FloatVector odd = m1.sub(m2);
      FloatVector even2 = m3.add(m4);
      FloatVector odd2 = m3.sub(m4);
      finish.store(load(in, z).add(bias).add(even).add(even2), o);
      if (x + 1 < width) {
        finish.store(odd2.fma(large, odd.fma(small, bias)), o + VECTOR);
      }
      if (x + 2 < width) {
        finish.store(even2.fma(two, even.fma(half, bias)), o + 2 * VECTOR);
      }
      if (x + 3 < width) {
        FloatVector last = load(in, z + 5 * LANES).add(bias);
        finish.store(odd2.fma(twiceLarge, odd.fma(halfSmall, last)), o + 3 * VECTOR);
      }
    }
  }

  @Override
  void gradients(long plane, int y, long into) {
    gradientColumns(row(plane, y), row(plane, y + 1), row(plane, y + 2), row(plane, y + 3));
    for (int i = 0; i < REACH; i++) {
      gradientRow(i, into + i * REACH * component);
    }
  }

  private void gradientColumns(long at0, long at1, long at2, long at3) {
    FloatVector small = all(SMALL);
    FloatVector minusSmall = all(-SMALL);
    FloatVector large = all(LARGE);
    FloatVector minusLarge = all(-LARGE);
    FloatVector half = all(0.5f);
    FloatVector two = all(2);
    float[] out = rows;
    int row = rowPitch;
    int end = endColumn(0);
    for (int x = startColumn(0); x < end; x++) {
      long o = (long) x * VECTOR;
      int z = (x + 1) * LANES;
      FloatVector y0 = load(at0 + o);
      FloatVector y1 = load(at1 + o);
      FloatVector y2 = load(at2 + o);
      FloatVector y3 = load(at3 + o);
      y0.intoArray(out, z);
      FloatVector even = y2.fma(half, y0);
      FloatVector odd = y3.fma(half, y1);
      odd.fma(small, even).intoArray(out, z + row);
      odd.fma(minusSmall, even).intoArray(out, z + 2 * row);
      FloatVector even2 = y2.fma(two, y0);
      FloatVector odd2 = y3.fma(two, y1);
      odd2.fma(large, even2).intoArray(out, z + 3 * row);
      odd2.fma(minusLarge, even2).intoArray(out, z + 4 * row);
      y3.intoArray(out, z + 5 * row);
    }
  }

  private void gradientRow(int row, long start) {
    FloatVector small = all(SMALL);
    FloatVector minusSmall = all(-SMALL);
    FloatVector large = all(LARGE);
    FloatVector minusLarge = all(-LARGE);
    FloatVector half = all(0.5f);
    FloatVector two = all(2);
    float[] in = rows;
    long between = component;
    long tile = pitch;
    int first = firstTile;
    int end = endTile;
    for (int t = first; t < end; t++) {
      int z = row * rowPitch + (t * SIDE + 1) * LANES;
      long o = start + (t - first) * tile;
      FloatVector y0 = load(in, z);
      FloatVector y1 = load(in, z + LANES);
      FloatVector y2 = load(in, z + 2 * LANES);
      FloatVector y3 = load(in, z + 3 * LANES);
      store(y0, o);
      FloatVector even = y2.fma(half, y0);
      FloatVector odd = y3.fma(half, y1);
      store(odd.fma(small, even), o + between);
      store(odd.fma(minusSmall, even), o + 2 * between);
      FloatVector even2 = y2.fma(two, y0);
      FloatVector odd2 = y3.fma(two, y1);
      store(odd2.fma(large, even2), o + 3 * between);
      store(odd2.fma(minusLarge, even2), o + 4 * between);
      store(y3, o + 5 * between);
    }
  }
}
