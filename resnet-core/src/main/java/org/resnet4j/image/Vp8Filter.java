package org.resnet4j.image;

/**
 * The loop filter of VP8 at one strength (RFC 6386, section 15).
 *
 * @param limit largest difference at an edge within a macroblock; 0 filters nothing
 * @param inner largest difference of neighbours on the same side of an edge
 * @param variance difference from which an edge has a high variance
 */
record Vp8Filter(int limit, int inner, int variance) {
  private static final int BETWEEN_MACROBLOCKS = 4;

  /** Returns the filter of a level from 0 to 63. */
  static Vp8Filter of(int level, int sharpness) {
    if (level == 0) {
      return new Vp8Filter(0, 0, 0);
    }
    int inner = level;
    if (sharpness > 0) {
      inner = Math.min(level >> (sharpness > 4 ? 2 : 1), 9 - sharpness);
    }
    inner = Math.max(1, inner);
    return new Vp8Filter(2 * level + inner, inner, level >= 40 ? 2 : level >= 15 ? 1 : 0);
  }

  /**
   * Filters the edges of a square of {@code size} pixels: left, inside, above, inside.
   *
   * @param start index of its first pixel
   * @param simple whether only two pixels are compared and changed
   * @param left whether there is a macroblock to the left
   * @param above whether there is a macroblock above
   * @param inside whether the edges of blocks inside are filtered
   */
  void apply(
      Vp8Plane plane,
      int start,
      int size,
      boolean simple,
      boolean left,
      boolean above,
      boolean inside) {
    if (limit == 0) {
      return;
    }
    direction(plane.pixels, start, 1, plane.stride, size, simple, left, inside);
    direction(plane.pixels, start, plane.stride, 1, size, simple, above, inside);
  }

  private void direction(
      byte[] p,
      int start,
      int across,
      int along,
      int size,
      boolean simple,
      boolean first,
      boolean inside) {
    if (first) {
      edge(p, start, across, along, size, simple, true);
    }
    for (int i = 4; inside && i < size; i += 4) {
      edge(p, start + i * across, across, along, size, simple, false);
    }
  }

  private void edge(
      byte[] p, int start, int across, int along, int size, boolean simple, boolean macroblock) {
    int most = 2 * (macroblock ? limit + BETWEEN_MACROBLOCKS : limit) + 1;
    for (int i = 0; i < size; i++) {
      int at = start + i * along;
      int p1 = p[at - 2 * across] & 0xff;
      int p0 = p[at - across] & 0xff;
      int q0 = p[at] & 0xff;
      int q1 = p[at + across] & 0xff;
      if (4 * Math.abs(p0 - q0) + Math.abs(p1 - q1) > most) {
        continue;
      }
      if (simple) {
        two(p, at, across, p1, p0, q0, q1);
      } else if (isSmooth(p, at, across, p1, p0, q0, q1)) {
        if (Math.abs(p1 - p0) > variance || Math.abs(q1 - q0) > variance) {
          two(p, at, across, p1, p0, q0, q1);
        } else if (macroblock) {
          six(p, at, across, p1, p0, q0, q1);
        } else {
          four(p, at, across, p1, p0, q0, q1);
        }
      }
    }
  }

  private boolean isSmooth(byte[] p, int at, int step, int p1, int p0, int q0, int q1) {
    int p3 = p[at - 4 * step] & 0xff;
    int p2 = p[at - 3 * step] & 0xff;
    int q2 = p[at + 2 * step] & 0xff;
    int q3 = p[at + 3 * step] & 0xff;
    return Math.abs(p3 - p2) <= inner
        && Math.abs(p2 - p1) <= inner
        && Math.abs(p1 - p0) <= inner
        && Math.abs(q3 - q2) <= inner
        && Math.abs(q2 - q1) <= inner
        && Math.abs(q1 - q0) <= inner;
  }

  private static void two(byte[] p, int at, int step, int p1, int p0, int q0, int q1) {
    int a = 3 * (q0 - p0) + clipped(p1 - q1, 127);
    p[at - step] = pixel(p0 + clipped((a + 3) >> 3, 15));
    p[at] = pixel(q0 - clipped((a + 4) >> 3, 15));
  }

  private static void four(byte[] p, int at, int step, int p1, int p0, int q0, int q1) {
    int a = 3 * (q0 - p0);
    int inward = clipped((a + 4) >> 3, 15);
    int outward = (inward + 1) >> 1;
    p[at - 2 * step] = pixel(p1 + outward);
    p[at - step] = pixel(p0 + clipped((a + 3) >> 3, 15));
    p[at] = pixel(q0 - inward);
    p[at + step] = pixel(q1 - outward);
  }

  private static void six(byte[] p, int at, int step, int p1, int p0, int q0, int q1) {
    int a = clipped(3 * (q0 - p0) + clipped(p1 - q1, 127), 127);
    int near = (27 * a + 63) >> 7;
    int middle = (18 * a + 63) >> 7;
    int far = (9 * a + 63) >> 7;
    p[at - 3 * step] = pixel((p[at - 3 * step] & 0xff) + far);
    p[at - 2 * step] = pixel(p1 + middle);
    p[at - step] = pixel(p0 + near);
    p[at] = pixel(q0 - near);
    p[at + step] = pixel(q1 - middle);
    p[at + 2 * step] = pixel((p[at + 2 * step] & 0xff) - far);
  }

  private static int clipped(int value, int most) {
    return Math.max(-most - 1, Math.min(most, value));
  }

  private static byte pixel(int value) {
    return (byte) Vp8Plane.clipped(value);
  }
}
