package org.resnet4j.onednn.winograd;

import static org.resnet4j.onednn.winograd.Vectors.LANES;
import static org.resnet4j.onednn.winograd.Vectors.VECTOR;
import static org.resnet4j.onednn.winograd.Vectors.load;
import static org.resnet4j.onednn.winograd.Vectors.store;

/**
 * The transformations of weights in Winograd's minimal filtering of 3×3 kernels, sixteen at a time.
 * One object serves one thread.
 */
public final class WeightTransforms {
  private final Tiles tiles;
  private final Filtering filtering;

  /** Sixteen matrices between the two passes. */
  private final Scratch between;

  /** What {@link Filtering} reads for the first result. */
  private final long[] from;

  /** For images cut into {@code tiles}. */
  public WeightTransforms(Tiles tiles) {
    this.tiles = tiles;
    filtering = Filtering.of(tiles.side());
    between = new Scratch(3 * tiles.reach());
    from = new long[tiles.reach()];
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
    int reach = tiles.reach();
    long component = range.all() * (long) Float.BYTES;
    long step = turned ? -component : component;
    long start = plain.address() + (turned ? 8 * component : 0);
    for (int i = 0; i < range.count(); i += LANES) {
      long at = (range.first() + i) * (long) Float.BYTES;
      apart(start + at, 3 * step);
      filtering.weights(from, step, between.address(), 3 * VECTOR, VECTOR, 3);
      apart(between.address(), VECTOR);
      long into = transformed.address() + at;
      filtering.weights(from, 3 * VECTOR, into, component, reach * component, reach);
    }
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
      apart(products.address() + at, reach * component);
      filtering.weightGradients(from, component, between.address(), reach * VECTOR, VECTOR, reach);
      apart(between.address(), VECTOR);
      long into = plain.address() + at;
      filtering.weightGradients(from, reach * VECTOR, into, component, 3 * component, 3);
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
        store(Vectors.add(load(sum), load(more.address() + at)), sum);
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

  /** Vectors at equal distances. */
  private void apart(long start, long bytes) {
    for (int i = 0; i < from.length; i++) {
      from[i] = start + i * bytes;
    }
  }
}
