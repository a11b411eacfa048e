package org.resnet4j.onednn.winograd;

import static org.resnet4j.onednn.winograd.Vectors.LANES;
import static org.resnet4j.onednn.winograd.Vectors.VECTOR;
import static org.resnet4j.onednn.winograd.Vectors.load;
import static org.resnet4j.onednn.winograd.Vectors.store;

import jdk.incubator.vector.FloatVector;

/** F(2×2, 3×3) at the points 0, ±1 and ∞ (Lavin and Gray 2016, section 4.1), for inference. */
final class TwoByTwo extends TileTransforms {
  private static final int SIDE = 2;
  private static final int REACH = SIDE + 2;

  /** Floats of a tile's row that is four vectors wide. */
  private static final int NARROW = REACH * LANES;

  TwoByTwo(Tiles tiles) {
    super(tiles);
  }

  @Override
  void inputs(long plane, int y, long into) {
    inputColumns(row(plane, y - 1), row(plane, y), row(plane, y + 1), row(plane, y + 2));
    for (int i = 0; i < REACH; i++) {
      inputRow(i, into + i * REACH * component);
    }
  }

  /** Addresses are parameters, since a loop over an array of them is no vector code. */
  private void inputColumns(long at0, long at1, long at2, long at3) {
    float[] out = rows;
    int row = rowPitch;
    int end = endColumn(1);
    for (int x = startColumn(1); x < end; x++) {
      long o = (long) x * VECTOR;
      int z = (x + 1) * LANES;
      FloatVector d1 = load(at1 + o);
      FloatVector d2 = load(at2 + o);
      load(at0 + o).sub(d2).intoArray(out, z);
      d1.add(d2).intoArray(out, z + row);
      d2.sub(d1).intoArray(out, z + 2 * row);
      d1.sub(load(at3 + o)).intoArray(out, z + 3 * row);
    }
  }

  private void inputRow(int row, long start) {
    float[] in = rows;
    long between = component;
    long tile = pitch;
    int first = firstTile;
    int end = endTile;
    for (int t = first; t < end; t++) {
      int z = row * rowPitch + t * SIDE * LANES;
      long o = start + (t - first) * tile;
      FloatVector d1 = load(in, z + LANES);
      FloatVector d2 = load(in, z + 2 * LANES);
      store(load(in, z).sub(d2), o);
      store(d1.add(d2), o + between);
      store(d2.sub(d1), o + 2 * between);
      store(d1.sub(load(in, z + 3 * LANES)), o + 3 * between);
    }
  }

  @Override
  void outputColumns(long start) {
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
        load(o).add(m1).add(m2).intoArray(out, z);
        m1.sub(m2).sub(load(o + 3 * REACH * between)).intoArray(out, z + NARROW);
      }
    }
  }

  @Override
  void outputRow(int row, long start, FloatVector bias, Finish finish) {
    float[] in = columns;
    int width = endColumn(0);
    for (int x = startColumn(0); x < width; x += SIDE) {
      int z = x * NARROW + row * NARROW;
      long o = start + (long) x * VECTOR;
      FloatVector m1 = load(in, z + LANES);
      FloatVector m2 = load(in, z + 2 * LANES);
      finish.store(load(in, z).add(bias).add(m1).add(m2), o);
      if (x + 1 < width) {
        finish.store(m1.sub(m2).sub(load(in, z + 3 * LANES)).add(bias), o + VECTOR);
      }
    }
  }

  @Override
  void gradients(long plane, int y, long into) {
    throw new AssertionError("gradients of weights are for tiles of 4×4");
  }
}
