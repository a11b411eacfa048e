package org.resnet4j.onednn.winograd;

/**
 * The arithmetic of the transforms on vectors of sixteen floats in native memory. {@link Kernels}
 * finds the implementation. Nobody checks addresses again.
 */
interface VectorKernels {
  /** Floats of a vector. */
  int LANES = 16;

  /** Bytes of a vector. */
  int VECTOR = LANES * Float.BYTES;

  /** Returns the passes for outputs {@code side} pixels wide, 2 or 4. */
  Filtering filtering(int side);

  /**
   * Adds a bias to {@code count} vectors, adds what is at the destination where {@code add} says
   * so, and clips the sums.
   *
   * @param bias address of sixteen floats, 0 for none
   */
  void finish(long from, long into, int count, long bias, boolean add, float low, float high);

  /** Adds {@code count} vectors to those at {@code into}. */
  void add(long into, long more, int count);
}
