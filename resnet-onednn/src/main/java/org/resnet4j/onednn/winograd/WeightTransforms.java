package org.resnet4j.onednn.winograd;

import static org.resnet4j.onednn.winograd.Filtering.spread;
import static org.resnet4j.onednn.winograd.VectorKernels.LANES;
import static org.resnet4j.onednn.winograd.VectorKernels.VECTOR;

/**
 * The transforms of weights in Winograd's minimal filtering of 3×3 kernels, sixteen at a time. One
 * object serves one thread.
 */
public final class WeightTransforms implements AutoCloseable {
  /**
   * The number of vectors that are transformed together; the intermediate results fit an L1 cache.
   */
  private static final int CHUNK = 16;

  private static final long CHUNK_BYTES = CHUNK * (long) VECTOR;

  private final Tiles tiles;
  private final Filtering filtering;

  /** The matrices between the two passes, one after the other. */
  private final Scratch between;

  /** The addresses that {@link Filtering} reads for the first result. */
  private final long[] from;

  /** Creates the transforms for images divided into {@code tiles}. */
  public WeightTransforms(Tiles tiles) {
    this.tiles = tiles;
    filtering = Kernels.vectors().filtering(tiles.side());
    between = new Scratch(3 * tiles.reach() * CHUNK);
    from = new long[tiles.reach()];
  }

  @Override
  public void close() {
    between.close();
  }

  /**
   * Computes G·g·Gᵀ of the weights of a range; its boundaries are multiples of 16.
   *
   * @param plain [3, 3, all weights]
   * @param turned whether kernels are rotated by 180° first
   * @param transformed [components, all weights of {@code into}]
   * @param into range of the same length in {@code transformed}
   */
  public void weights(Floats plain, Range range, boolean turned, Floats transformed, Range into) {
    check(plain, range, transformed, into);
    int reach = tiles.reach();
    long plane = bytes(range.all());
    long step = turned ? -plane : plane;
    long start = plain.address() + bytes(range.first()) + (turned ? 8 * plane : 0);
    long component = bytes(into.all());
    long result = transformed.address() + bytes(into.first());
    eachChunk(
        range,
        (at, count) -> {
          for (int j = 0; j < 3; j++) {
            spread(from, start + at + j * step, 3 * step);
            filtering.weights(from, VECTOR, between(j), 3 * CHUNK_BYTES, VECTOR, count);
          }
          for (int i = 0; i < reach; i++) {
            spread(from, between(3 * i), CHUNK_BYTES);
            long row = result + at + component * i * reach;
            filtering.weights(from, VECTOR, row, component, VECTOR, count);
          }
        });
  }

  /**
   * Computes Gᵀ·m·G: gradients of the weights of a range, by tiles of 4×4; its boundaries are
   * multiples of 16.
   *
   * @param products matmul results [36, all weights of {@code range}]
   * @param plain [3, 3, all weights]
   * @param into range of the same length in {@code plain}
   */
  public void weightGradients(Floats products, Range range, Floats plain, Range into) {
    check(plain, into, products, range);
    int reach = tiles.reach();
    long component = bytes(range.all());
    long start = products.address() + bytes(range.first());
    long plane = bytes(into.all());
    long result = plain.address() + bytes(into.first());
    eachChunk(
        range,
        (at, count) -> {
          for (int j = 0; j < reach; j++) {
            spread(from, start + at + j * component, reach * component);
            filtering.weightGradients(from, VECTOR, between(j), reach * CHUNK_BYTES, VECTOR, count);
          }
          for (int i = 0; i < 3; i++) {
            spread(from, between(reach * i), CHUNK_BYTES);
            long row = result + at + plane * i * 3;
            filtering.weightGradients(from, VECTOR, row, plane, VECTOR, count);
          }
        });
  }

  /**
   * Adds the matmul results of another thread, for the weights of a range.
   *
   * @param into [components, all weights], as is {@code more}
   */
  public void add(Floats into, Floats more, Range range) {
    into.require((long) tiles.components() * range.all());
    more.require((long) tiles.components() * range.all());
    for (int component = 0; component < tiles.components(); component++) {
      long start = bytes((long) component * range.all() + range.first());
      Kernels.vectors().add(into.address() + start, more.address() + start, range.count() / LANES);
    }
  }

  /** Checks the ranges; the kernels do not check addresses. */
  private void check(Floats plain, Range ofPlain, Floats transformed, Range ofTransformed) {
    plain.require(9L * ofPlain.all());
    transformed.require((long) tiles.components() * ofTransformed.all());
    ofPlain.require();
    ofTransformed.require();
    if (ofPlain.count() != ofTransformed.count()) {
      throw new IndexOutOfBoundsException("weights: %s into %s".formatted(ofPlain, ofTransformed));
    }
  }

  private interface Chunk {
    /** Transforms {@code count} vectors, {@code at} bytes from the first. */
    void of(long at, int count);
  }

  private static void eachChunk(Range range, Chunk chunk) {
    int vectors = range.count() / LANES;
    for (int i = 0; i < vectors; i += CHUNK) {
      chunk.of(i * (long) VECTOR, Math.min(CHUNK, vectors - i));
    }
  }

  private static long bytes(long floats) {
    return floats * Float.BYTES;
  }

  /** Returns the address of a matrix in {@link #between}. */
  private long between(int number) {
    return between.address() + number * CHUNK_BYTES;
  }
}
