package org.resnet4j.image;

/**
 * The header of a VP8 key frame (RFC 6386, section 9): what all macroblocks share.
 *
 * @param modes decoder of modes, after the header
 * @param tokens decoders of coefficients, which rows of macroblocks take in turn
 * @param segmentTree probabilities of segments; empty if all macroblocks are in the first
 * @param quantizers of segments, {@code [segment][DC and AC of Y, of Y2, of chroma]}
 * @param simpleFilter whether the loop filter is the simple one
 * @param filters of segments, {@code [segment][0, or 1 for blocks of 4×4]}
 * @param coefficients probabilities of tokens, as {@link Vp8Tables#COEFFICIENTS}
 * @param skip probability of macroblocks with coefficients, or -1 if all have some
 */
record Vp8Header(
    Vp8Bits modes,
    Vp8Bits[] tokens,
    int[] segmentTree,
    int[][] quantizers,
    boolean simpleFilter,
    Vp8Filter[][] filters,
    int[] coefficients,
    int skip) {
  /** The bytes before the first partition: tag, start code, width and height. */
  static final int TAG = 10;

  private static final int SEGMENTS = 4;

  /** Reads the header of the frame from {@code from} to {@code to}. */
  static Vp8Header of(String where, byte[] bytes, int from, int to) throws DataFormatException {
    int length = WebpImage.three(bytes, from) >> 5;
    int second = from + TAG + length;
    if (second > to) {
      throw WebpImage.cut(where, to);
    }
    Vp8Bits bits = new Vp8Bits(bytes, from + TAG, second);
    bits.number(2); // colour space and clamping, which decoders ignore

    int[] tree = {};
    int[] levels = new int[SEGMENTS];
    int[] strengths = new int[SEGMENTS];
    boolean segmented = bits.flag();
    boolean absolute = false;
    if (segmented) {
      boolean mapped = bits.flag();
      if (bits.flag()) {
        absolute = bits.flag();
        for (int i = 0; i < SEGMENTS; i++) {
          levels[i] = bits.optional(7);
        }
        for (int i = 0; i < SEGMENTS; i++) {
          strengths[i] = bits.optional(6);
        }
      }
      if (mapped) {
        tree = new int[] {255, 255, 255};
        for (int i = 0; i < tree.length; i++) {
          tree[i] = bits.flag() ? bits.number(8) : 255;
        }
      }
    }
    boolean simple = bits.flag();
    Vp8Filter[][] filters = filters(bits, strengths, segmented, absolute);
    Vp8Bits[] tokens = tokens(where, bytes, second, to, 1 << bits.number(2));
    int[][] quantizers = quantizers(bits, levels, segmented, absolute);
    bits.flag(); // whether probabilities last, of no use in one frame
    int[] coefficients = Vp8Tables.COEFFICIENTS.clone();
    for (int i = 0; i < coefficients.length; i++) {
      if (bits.bit(Vp8Tables.UPDATES[i]) != 0) {
        coefficients[i] = bits.number(8);
      }
    }
    int skip = bits.flag() ? bits.number(8) : -1;
    return new Vp8Header(bits, tokens, tree, quantizers, simple, filters, coefficients, skip);
  }

  private static Vp8Filter[][] filters(
      Vp8Bits bits, int[] strengths, boolean segmented, boolean absolute) {
    int level = bits.number(6);
    int sharpness = bits.number(3);
    int[] deltas = new int[8]; // of references, of modes
    boolean adjusted = bits.flag();
    if (adjusted && bits.flag()) {
      for (int i = 0; i < deltas.length; i++) {
        deltas[i] = bits.optional(6);
      }
    }
    Vp8Filter[][] filters = new Vp8Filter[SEGMENTS][2];
    for (int segment = 0; segment < SEGMENTS; segment++) {
      int base = segmented ? strengths[segment] + (absolute ? 0 : level) : level;
      for (int small = 0; small < 2; small++) {
        int delta = adjusted ? deltas[0] + small * deltas[4] : 0;
        int own = level == 0 ? 0 : Math.max(0, Math.min(63, base + delta));
        filters[segment][small] = Vp8Filter.of(own, sharpness);
      }
    }
    return filters;
  }

  private static Vp8Bits[] tokens(String where, byte[] bytes, int sizes, int to, int count)
      throws DataFormatException {
    int at = sizes + 3 * (count - 1);
    if (at >= to) {
      throw WebpImage.cut(where, to);
    }
    Vp8Bits[] tokens = new Vp8Bits[count];
    for (int i = 0; i < count; i++) {
      int size = to - at;
      if (i < count - 1) {
        int s = sizes + 3 * i;
        size = Math.min(size, WebpImage.three(bytes, s));
      }
      tokens[i] = new Vp8Bits(bytes, at, at + size);
      at += size;
    }
    return tokens;
  }

  private static int[][] quantizers(
      Vp8Bits bits, int[] levels, boolean segmented, boolean absolute) {
    int base = bits.number(7);
    int[] deltas = new int[5]; // DC of Y, DC and AC of Y2, DC and AC of chroma
    for (int i = 0; i < deltas.length; i++) {
      deltas[i] = bits.optional(4);
    }
    int[][] quantizers = new int[SEGMENTS][];
    for (int i = 0; i < SEGMENTS; i++) {
      int level = segmented ? levels[i] + (absolute ? 0 : base) : base;
      quantizers[i] =
          new int[] {
            Vp8Tables.DC[clipped(level + deltas[0], 127)],
            Vp8Tables.AC[clipped(level, 127)],
            Vp8Tables.DC[clipped(level + deltas[1], 127)] * 2,
            Math.max(8, Vp8Tables.AC[clipped(level + deltas[2], 127)] * 155 / 100),
            Vp8Tables.DC[clipped(level + deltas[3], 117)],
            Vp8Tables.AC[clipped(level + deltas[4], 127)]
          };
    }
    return quantizers;
  }

  private static int clipped(int value, int most) {
    return Math.max(0, Math.min(most, value));
  }
}
