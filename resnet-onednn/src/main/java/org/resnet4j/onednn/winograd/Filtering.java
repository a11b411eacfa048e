package org.resnet4j.onednn.winograd;

/**
 * The arithmetic of Winograd's minimal filtering of three coefficients (Lavin and Gray 2016,
 * section 4) along one axis, sixteen channels at a time. A tile goes through it twice: along its
 * columns, then along its rows.
 *
 * <p>In all methods, {@code from} has the addresses of the vectors that the first result needs,
 * {@code step} bytes before those of the next result, and so on; a result is some vectors, the
 * first at {@code into}, {@code apart} bytes from each other; the next result is {@code next} bytes
 * further on. All addresses are of native memory, and nobody checks them again.
 */
interface Filtering {
  /** One of the methods below. */
  interface Pass {
    void of(long[] from, long step, long into, long apart, long next, int count);
  }

  /** Addresses at equal distances. */
  static void spread(long[] from, long start, long bytes) {
    for (int i = 0; i < from.length; i++) {
      from[i] = start + i * bytes;
    }
  }

  /** Bᵀ·d: side + 2 vectors of inputs become as many components. */
  void inputs(long[] from, long step, long into, long apart, long next, int count);

  /** Aᵀ·m: side + 2 components of products become side vectors of outputs. */
  void outputs(long[] from, long step, long into, long apart, long next, int count);

  /** A·y: side vectors of gradients of outputs become side + 2 components. */
  void gradients(long[] from, long step, long into, long apart, long next, int count);

  /** G·g: three vectors of weights become side + 2 components. */
  void weights(long[] from, long step, long into, long apart, long next, int count);

  /** Gᵀ·m: side + 2 components of products become three vectors of gradients of weights. */
  void weightGradients(long[] from, long step, long into, long apart, long next, int count);
}
