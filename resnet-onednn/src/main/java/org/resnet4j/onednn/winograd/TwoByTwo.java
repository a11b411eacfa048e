package org.resnet4j.onednn.winograd;

import static org.resnet4j.onednn.winograd.Vectors.LANES;
import static org.resnet4j.onednn.winograd.Vectors.VECTOR;
import static org.resnet4j.onednn.winograd.Vectors.load;
import static org.resnet4j.onednn.winograd.Vectors.store;

import java.nio.ByteBuffer;
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
  void inputs(ByteBuffer images, int plane, int y, ByteBuffer transformed, int into) {
    inputColumns(
        source(images, y - 1),
        at(plane, y - 1),
        source(images, y),
        at(plane, y),
        source(images, y + 1),
        at(plane, y + 1),
        source(images, y + 2),
        at(plane, y + 2));
    for (int i = 0; i < REACH; i++) {
      inputRow(i, transformed, into + i * REACH * component);
    }
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
      int at3) {
    float[] out = rows;
    int row = rowPitch;
    int end = endColumn(1);
    for (int x = startColumn(1); x < end; x++) {
      int o = x * VECTOR;
      int z = (x + 1) * LANES;
      FloatVector d1 = load(b1, at1 + o);
      FloatVector d2 = load(b2, at2 + o);
      load(b0, at0 + o).sub(d2).intoArray(out, z);
      d1.add(d2).intoArray(out, z + row);
      d2.sub(d1).intoArray(out, z + 2 * row);
      d1.sub(load(b3, at3 + o)).intoArray(out, z + 3 * row);
    }
  }

  private void inputRow(int row, ByteBuffer into, int start) {
    float[] in = rows;
    int between = component;
    int tile = pitch;
    int first = firstTile;
    int end = endTile;
    for (int t = first; t < end; t++) {
      int z = row * rowPitch + t * SIDE * LANES;
      int o = start + (t - first) * tile;
      FloatVector d1 = load(in, z + LANES);
      FloatVector d2 = load(in, z + 2 * LANES);
      store(load(in, z).sub(d2), into, o);
      store(d1.add(d2), into, o + between);
      store(d2.sub(d1), into, o + 2 * between);
      store(d1.sub(load(in, z + 3 * LANES)), into, o + 3 * between);
    }
  }

  @Override
  void outputColumns(ByteBuffer products, int start) {
    float[] out = columns;
    int between = component;
    int tile = pitch;
    int first = firstTile;
    int end = endTile;
    for (int t = first; t < end; t++) {
      for (int j = 0; j < REACH; j++) {
        int o = start + (t - first) * tile + j * between;
        int z = t * SIDE * NARROW + j * LANES;
        FloatVector m1 = load(products, o + REACH * between);
        FloatVector m2 = load(products, o + 2 * REACH * between);
        load(products, o).add(m1).add(m2).intoArray(out, z);
        m1.sub(m2).sub(load(products, o + 3 * REACH * between)).intoArray(out, z + NARROW);
      }
    }
  }

  @Override
  void outputRow(int row, ByteBuffer images, int start, FloatVector bias, Finish finish) {
    float[] in = columns;
    int width = endColumn(0);
    for (int x = startColumn(0); x < width; x += SIDE) {
      int z = x * NARROW + row * NARROW;
      int o = start + x * VECTOR;
      FloatVector m1 = load(in, z + LANES);
      FloatVector m2 = load(in, z + 2 * LANES);
      finish.store(load(in, z).add(bias).add(m1).add(m2), images, o);
      if (x + 1 < width) {
        finish.store(m1.sub(m2).sub(load(in, z + 3 * LANES)).add(bias), images, o + VECTOR);
      }
    }
  }

  @Override
  void gradients(ByteBuffer images, int plane, int y, ByteBuffer transformed, int into) {
    throw new AssertionError("gradients of weights are for tiles of 4×4");
  }
}
