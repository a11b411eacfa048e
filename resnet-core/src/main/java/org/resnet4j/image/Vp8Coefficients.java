package org.resnet4j.image;

import java.util.Arrays;

/** The coefficients of one macroblock after another of a VP8 key frame (RFC 6386, section 13). */
final class Vp8Coefficients {
  private static final int[] ZIGZAG = {0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15};
  private static final int[] BANDS = {0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 0};
  private static final int TOKENS = 11;
  private static final int BAND = 3 * TOKENS;
  private static final int TYPE = 8 * BAND;

  /** The probabilities of the extra bits of large values. */
  private static final int[][] EXTRA = {
    {173, 148, 140},
    {176, 155, 140, 135},
    {180, 157, 141, 134, 130},
    {254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129}
  };

  /** The numbers of macroblock types in the table of coefficients. */
  private static final int Y_AFTER_Y2 = 0;

  private static final int Y2 = 1;
  private static final int CHROMA = 2;
  private static final int Y_WITH_DC = 3;

  private final Vp8Header header;

  /** The blocks above that have coefficients, as 1: 4 of Y, 2 of U, 2 of V, Y2. */
  private final int[][] flagsAbove;

  private final int[] flagsLeft = new int[9];

  /** The coefficients of 16 blocks of Y, 4 of U, 4 of V, and of Y2. */
  private final short[] coefficients = new short[25 * 16];

  /** The blocks with coefficients, one bit each. */
  private int filled;

  Vp8Coefficients(Vp8Header header, int across) {
    this.header = header;
    flagsAbove = new int[across][9];
  }

  void startRow() {
    Arrays.fill(flagsLeft, 0);
  }

  /** Adds the inverse transform of a block to the pixels from {@code start} on. */
  void add(int block, Vp8Plane plane, int start) {
    if (((filled >> block) & 1) != 0) {
      plane.add(coefficients, 16 * block, start);
    }
  }

  /**
   * Reads the coefficients of a macroblock, and returns whether there are any.
   *
   * @param x column of the macroblock
   * @param withDc whether the blocks of Y have their own constant coefficients, and there is no Y2
   * @param empty whether the file has none
   */
  boolean read(Vp8Bits bits, int x, int segment, boolean withDc, boolean empty) {
    int[] above = flagsAbove[x];
    int[] left = flagsLeft;
    Arrays.fill(coefficients, (short) 0);
    filled = 0;
    if (empty) {
      int kept = withDc ? 8 : 9; // macroblocks without Y2 keep its flag
      Arrays.fill(above, 0, kept, 0);
      Arrays.fill(left, 0, kept, 0);
      return false;
    }
    int[] quantizer = header.quantizers()[segment];
    int first = withDc ? 0 : 1;
    if (!withDc) {
      int count = block(bits, Y2, above[8] + left[8], quantizer[2], quantizer[3], 0, 24 * 16);
      above[8] = count > 0 ? 1 : 0;
      left[8] = above[8];
      spread();
    }
    for (int i = 0; i < 24; i++) {
      // the flags of Y, U or V, and the place of the block there
      int flags = i < 16 ? 0 : i < 20 ? 4 : 6;
      int side = i < 16 ? 4 : 2;
      int column = flags + (i < 16 ? i : i - 16) % side;
      int line = flags + (i < 16 ? i / 4 : (i - 16) % 4 / 2);
      int begin = i < 16 ? first : 0;
      int type = i >= 16 ? CHROMA : withDc ? Y_WITH_DC : Y_AFTER_Y2;
      int q = i < 16 ? 0 : 4;
      int count =
          block(
              bits,
              type,
              above[column] + left[line],
              quantizer[q],
              quantizer[q + 1],
              begin,
              16 * i);
      above[column] = count > begin ? 1 : 0;
      left[line] = above[column];
      if (count > 1 || coefficients[16 * i] != 0) {
        filled |= 1 << i;
      }
    }
    return filled != 0;
  }

  /** Reads one block, and returns the place after its last coefficient. */
  private int block(Vp8Bits bits, int type, int context, int dc, int ac, int first, int to) {
    int[] table = header.coefficients();
    int p = type * TYPE + BANDS[first] * BAND + context * TOKENS;
    for (int n = first; n < 16; n++) {
      if (bits.bit(table[p]) == 0) {
        return n;
      }
      while (bits.bit(table[p + 1]) == 0) {
        n++;
        if (n == 16) {
          return 16;
        }
        p = type * TYPE + BANDS[n] * BAND;
      }
      int next = type * TYPE + BANDS[n + 1] * BAND;
      int value = 1;
      if (bits.bit(table[p + 2]) == 0) {
        p = next + TOKENS;
      } else {
        value = large(bits, table, p);
        p = next + 2 * TOKENS;
      }
      coefficients[to + ZIGZAG[n]] = (short) (bits.signed(value) * (n > 0 ? ac : dc));
    }
    return 16;
  }

  private static int large(Vp8Bits bits, int[] table, int p) {
    if (bits.bit(table[p + 3]) == 0) {
      return bits.bit(table[p + 4]) == 0 ? 2 : 3 + bits.bit(table[p + 5]);
    }
    if (bits.bit(table[p + 6]) == 0) {
      return bits.bit(table[p + 7]) == 0
          ? 5 + bits.bit(159)
          : 7 + 2 * bits.bit(165) + bits.bit(145);
    }
    int high = bits.bit(table[p + 8]);
    int category = 2 * high + bits.bit(table[p + 9 + high]);
    int value = 0;
    for (int probability : EXTRA[category]) {
      value = 2 * value + bits.bit(probability);
    }
    return value + 3 + (8 << category);
  }

  /** Gives the blocks of Y their constant coefficients, by the inverse transform of Y2. */
  private void spread() {
    int[] half = new int[16];
    int from = 24 * 16;
    for (int i = 0; i < 4; i++) {
      int a = coefficients[from + i] + coefficients[from + 12 + i];
      int b = coefficients[from + 4 + i] + coefficients[from + 8 + i];
      int c = coefficients[from + 4 + i] - coefficients[from + 8 + i];
      int d = coefficients[from + i] - coefficients[from + 12 + i];
      half[i] = a + b;
      half[4 + i] = d + c;
      half[8 + i] = a - b;
      half[12 + i] = d - c;
    }
    for (int i = 0; i < 4; i++) {
      int a = half[4 * i] + 3 + half[4 * i + 3];
      int b = half[4 * i + 1] + half[4 * i + 2];
      int c = half[4 * i + 1] - half[4 * i + 2];
      int d = half[4 * i] + 3 - half[4 * i + 3];
      coefficients[64 * i] = (short) ((a + b) >> 3);
      coefficients[64 * i + 16] = (short) ((d + c) >> 3);
      coefficients[64 * i + 32] = (short) ((a - b) >> 3);
      coefficients[64 * i + 48] = (short) ((d - c) >> 3);
    }
  }
}
