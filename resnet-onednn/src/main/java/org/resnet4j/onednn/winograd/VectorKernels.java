package org.resnet4j.onednn.winograd;

/**
 * The arithmetic of the transforms on vectors of sixteen floats in native memory. {@link Kernels}
 * finds the implementation. Implementations do not check addresses.
 */
interface VectorKernels {
  /** The number of floats in a vector. */
  int LANES = 16;

  /** The number of bytes in a vector. */
  int VECTOR = LANES * Float.BYTES;

  /** Returns the passes for outputs {@code side} pixels wide, 2 or 4. */
  Filtering filtering(int side);

  /**
   * Adds a bias to {@code count} vectors, optionally adds the destination, and clips the sums.
   *
   * @param bias address of sixteen floats, 0 for none
   * @param add whether to add the destination
   */
  void finish(long from, long into, int count, long bias, boolean add, float low, float high);

  /** Adds {@code count} vectors to those at {@code into}. */
  void add(long into, long more, int count);
}
