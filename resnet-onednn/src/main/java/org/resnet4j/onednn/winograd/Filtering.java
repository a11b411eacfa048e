package org.resnet4j.onednn.winograd;

/**
 * The arithmetic of Winograd's minimal filtering of three coefficients (Lavin and Gray 2016,
 * section 4) along one axis, sixteen channels at a time. A tile is filtered twice: along its
 * columns, then along its rows.
 *
 * <p>In all methods, {@code from} has the addresses of the vectors that the first result needs;
 * each next result reads {@code step} bytes further on. A result is some vectors, the first at
 * {@code into}, {@code apart} bytes from each other; the next result is {@code next} bytes further
 * on. All addresses are in native memory and must be valid; implementations do not check them.
 */
interface Filtering {
  /** A reference to one of the methods below. */
  interface Pass {
    void of(long[] from, long step, long into, long apart, long next, int count);
  }

  /** Fills {@code from} with addresses at equal distances. */
  static void spread(long[] from, long start, long bytes) {
    for (int i = 0; i < from.length; i++) {
      from[i] = start + i * bytes;
    }
  }

  /** Computes Bᵀ·d: side + 2 vectors of inputs become side + 2 components. */
  void inputs(long[] from, long step, long into, long apart, long next, int count);

  /** Computes Aᵀ·m: side + 2 components of matmul results become side vectors of outputs. */
  void outputs(long[] from, long step, long into, long apart, long next, int count);

  /** Computes A·y: side vectors of gradients of outputs become side + 2 components. */
  void gradients(long[] from, long step, long into, long apart, long next, int count);

  /** Computes G·g: three vectors of weights become side + 2 components. */
  void weights(long[] from, long step, long into, long apart, long next, int count);

  /**
   * Computes Gᵀ·m: side + 2 components of matmul results become three vectors of gradients of
   * weights.
   */
  void weightGradients(long[] from, long step, long into, long apart, long next, int count);
}
