package org.resnet4j.onednn.winograd;

import static org.resnet4j.onednn.winograd.Vectors.LANES;
import static org.resnet4j.onednn.winograd.Vectors.LARGE;
import static org.resnet4j.onednn.winograd.Vectors.load;
import static org.resnet4j.onednn.winograd.Vectors.store;

import jdk.incubator.vector.FloatVector;

/**
 * The transformations of weights in Winograd's minimal filtering of 3×3 kernels, sixteen at a time.
 * One object serves one thread.
 */
public final class WeightTransforms {
  /** Floats between the rows of {@link #between}. */
  private static final int WIDTH = 6 * LANES;

  private final Tiles tiles;

  /** Sixteen matrices between the two passes. */
  private final float[] between = new float[6 * WIDTH];

  /** For images cut into {@code tiles}. */
  public WeightTransforms(Tiles tiles) {
    this.tiles = tiles;
  }

  /**
   * G·g·Gᵀ of the weights of a range; its boundaries are multiples of 16.
   *
   * @param plain [3, 3, all weights]
   * @param turned by half a turn before
   * @param transformed [components, all weights]
   */
  public void weights(Floats plain, Range range, boolean turned, Floats transformed) {
    check(plain, range, transformed);
    boolean four = tiles.side() == FourByFour.SIDE;
    int reach = tiles.reach();
    long component = range.all() * (long) Float.BYTES;
    long step = turned ? -component : component;
    long start = plain.address() + (turned ? 8 * component : 0);
    for (int i = 0; i < range.count(); i += LANES) {
      long at = (range.first() + i) * (long) Float.BYTES;
      for (int j = 0; j < 3; j++) {
        long from = start + at + j * step;
        if (four) {
          weightColumn(from, 3 * step, j * LANES);
        } else {
          smallColumn(from, 3 * step, j * LANES);
        }
      }
      for (int j = 0; j < reach; j++) {
        long into = transformed.address() + at + j * reach * component;
        if (four) {
          weightRow(j * WIDTH, into, component);
        } else {
          smallRow(j * WIDTH, into, component);
        }
      }
    }
  }

  private void smallColumn(long at, long step, int z) {
    FloatVector g0 = load(at);
    FloatVector g1 = load(at + step).mul(0.5f);
    FloatVector g2 = load(at + 2 * step);
    float[] out = between;
    g0.intoArray(out, z);
    FloatVector even = g0.add(g2).mul(0.5f);
    even.add(g1).intoArray(out, z + WIDTH);
    even.sub(g1).intoArray(out, z + 2 * WIDTH);
    g2.intoArray(out, z + 3 * WIDTH);
  }

  private void smallRow(int z, long at, long component) {
    float[] in = between;
    FloatVector g0 = load(in, z);
    FloatVector g1 = load(in, z + LANES).mul(0.5f);
    FloatVector g2 = load(in, z + 2 * LANES);
    store(g0, at);
    FloatVector even = g0.add(g2).mul(0.5f);
    store(even.add(g1), at + component);
    store(even.sub(g1), at + 2 * component);
    store(g2, at + 3 * component);
  }

  private void weightColumn(long at, long step, int z) {
    FloatVector g0 = load(at);
    FloatVector g1 = load(at + step);
    FloatVector g2 = load(at + 2 * step);
    float[] out = between;
    g0.intoArray(out, z);
    FloatVector even = g0.mul(-2 / 3f).add(g2.mul(-1 / 3f));
    FloatVector odd = g1.mul(LARGE / 3);
    even.sub(odd).intoArray(out, z + WIDTH);
    even.add(odd).intoArray(out, z + 2 * WIDTH);
    FloatVector even2 = g0.mul(1 / 6f).add(g2.mul(1 / 3f));
    FloatVector odd2 = g1.mul(LARGE / 6);
    even2.add(odd2).intoArray(out, z + 3 * WIDTH);
    even2.sub(odd2).intoArray(out, z + 4 * WIDTH);
    g2.intoArray(out, z + 5 * WIDTH);
  }

  private void weightRow(int z, long at, long component) {
    float[] in = between;
    FloatVector g0 = load(in, z);
    FloatVector g1 = load(in, z + LANES);
    FloatVector g2 = load(in, z + 2 * LANES);
    store(g0, at);
    FloatVector even = g0.mul(-2 / 3f).add(g2.mul(-1 / 3f));
    FloatVector odd = g1.mul(LARGE / 3);
    store(even.sub(odd), at + component);
    store(even.add(odd), at + 2 * component);
    FloatVector even2 = g0.mul(1 / 6f).add(g2.mul(1 / 3f));
    FloatVector odd2 = g1.mul(LARGE / 6);
    store(even2.add(odd2), at + 3 * component);
    store(even2.sub(odd2), at + 4 * component);
    store(g2, at + 5 * component);
  }

  /**
   * Gᵀ·m·G: gradients of the weights of a range, by tiles of 4×4; its boundaries are multiples of
   * 16.
   *
   * @param products [36, all weights]
   * @param plain [3, 3, all weights]
   */
  public void weightGradients(Floats products, Range range, Floats plain) {
    check(plain, range, products);
    int reach = tiles.reach();
    long component = range.all() * (long) Float.BYTES;
    for (int i = 0; i < range.count(); i += LANES) {
      long at = (range.first() + i) * (long) Float.BYTES;
      for (int j = 0; j < reach; j++) {
        weightGradientColumn(products.address() + at + j * component, reach * component, j * LANES);
      }
      for (int j = 0; j < 3; j++) {
        weightGradientRow(j * WIDTH, plain.address() + at + 3 * j * component, component);
      }
    }
  }

  /**
   * Adds products of another thread, of the weights of a range.
   *
   * @param into [components, all weights], as is {@code more}
   */
  public void add(Floats into, Floats more, Range range) {
    into.require((long) tiles.components() * range.all());
    more.require((long) tiles.components() * range.all());
    for (int component = 0; component < tiles.components(); component++) {
      long start = ((long) component * range.all() + range.first()) * Float.BYTES;
      for (int i = 0; i < range.count(); i += LANES) {
        long at = start + i * (long) Float.BYTES;
        long sum = into.address() + at;
        store(load(sum).add(load(more.address() + at)), sum);
      }
    }
  }

  /** Addresses are not looked at again. */
  private void check(Floats plain, Range range, Floats transformed) {
    plain.require(9L * range.all());
    transformed.require((long) tiles.components() * range.all());
    if (range.count() % LANES != 0 || range.first() + range.count() > range.all()) {
      throw new IndexOutOfBoundsException("weights: " + range);
    }
  }

  private void weightGradientColumn(long at, long step, int z) {
    FloatVector m1 = load(at + step);
    FloatVector m2 = load(at + 2 * step);
    FloatVector m3 = load(at + 3 * step);
    FloatVector m4 = load(at + 4 * step);
    FloatVector even = m1.add(m2);
    FloatVector even2 = m3.add(m4);
    float[] out = between;
    load(at).add(even.mul(-2 / 3f)).add(even2.mul(1 / 6f)).intoArray(out, z);
    m2.sub(m1).mul(LARGE / 3).add(m3.sub(m4).mul(LARGE / 6)).intoArray(out, z + WIDTH);
    even2.sub(even).mul(1 / 3f).add(load(at + 5 * step)).intoArray(out, z + 2 * WIDTH);
  }

  private void weightGradientRow(int z, long at, long component) {
    float[] in = between;
    FloatVector m1 = load(in, z + LANES);
    FloatVector m2 = load(in, z + 2 * LANES);
    FloatVector m3 = load(in, z + 3 * LANES);
    FloatVector m4 = load(in, z + 4 * LANES);
    FloatVector even = m1.add(m2);
    FloatVector even2 = m3.add(m4);
    store(load(in, z).add(even.mul(-2 / 3f)).add(even2.mul(1 / 6f)), at);
    store(m2.sub(m1).mul(LARGE / 3).add(m3.sub(m4).mul(LARGE / 6)), at + component);
    store(even2.sub(even).mul(1 / 3f).add(load(in, z + 5 * LANES)), at + 2 * component);
  }
}
