package org.resnet4j.image;

import java.util.Arrays;

/** A complete prefix code of a lossless WebP image. */
final class Vp8lCode {
  private static final int LONGEST = 15;
  private static final int ROOT = 8;
  private static final int LENGTHS = 19;
  private static final int[] ORDER = {
    17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
  };

  /** The symbols by length and value. */
  private final short[] symbols;

  /** The number of symbols of each length. */
  private final short[] counts;

  /** The length and symbol that some first bits begin, or -1 for longer ones. */
  private final int[] root;

  private Vp8lCode(short[] symbols, short[] counts, int[] root) {
    this.symbols = symbols;
    this.counts = counts;
    this.root = root;
  }

  /** Returns about the number of bytes in memory. */
  int memory() {
    return 128 + 2 * symbols.length + 4 * root.length;
  }

  /** Reads the code of an alphabet of {@code size} symbols. */
  static Vp8lCode read(Vp8lBits bits, int size) throws DataFormatException {
    int[] lengths = new int[Math.max(256, size)];
    if (bits.flag()) {
      boolean two = bits.flag();
      lengths[bits.number(bits.flag() ? 8 : 1)] = 1;
      if (two) {
        lengths[bits.number(8)] = 1;
      }
    } else {
      int[] ofLengths = new int[LENGTHS];
      int count = 4 + bits.number(4);
      for (int i = 0; i < count; i++) {
        ofLengths[ORDER[i]] = bits.number(3);
      }
      lengths(bits, of(bits, ofLengths, LENGTHS), lengths, size);
    }
    return of(bits, lengths, size);
  }

  private static void lengths(Vp8lBits bits, Vp8lCode code, int[] lengths, int size)
      throws DataFormatException {
    int left = size;
    if (bits.flag()) {
      left = 2 + bits.number(2 + 2 * bits.number(3));
      if (left > size) {
        throw broken(bits);
      }
    }
    int previous = 8;
    for (int symbol = 0; symbol < size && left > 0; left--) {
      int length = code.symbol(bits);
      if (length <= LONGEST) {
        lengths[symbol++] = length;
        previous = length == 0 ? previous : length;
        continue;
      }
      int repeat =
          switch (length) {
            case 16 -> 3 + bits.number(2);
            case 17 -> 3 + bits.number(3);
            default -> 11 + bits.number(7);
          };
      if (symbol + repeat > size) {
        throw broken(bits);
      }
      Arrays.fill(lengths, symbol, symbol + repeat, length == 16 ? previous : 0);
      symbol += repeat;
    }
  }

  private static DataFormatException broken(Vp8lBits bits) {
    return bits.broken("expected complete prefix codes in the WebP file");
  }

  private static Vp8lCode of(Vp8lBits bits, int[] lengths, int size) throws DataFormatException {
    short[] counts = new short[LONGEST + 1];
    int used = 0;
    int longest = 0;
    for (int i = 0; i < size; i++) {
      if (lengths[i] > 0) {
        counts[lengths[i]]++;
        used++;
        longest = Math.max(longest, lengths[i]);
      }
    }
    int[] next = new int[LONGEST + 2];
    int open = 1;
    for (int length = 1; length <= LONGEST; length++) {
      next[length + 1] = next[length] + counts[length];
      open = 2 * open - counts[length];
      if (open < 0 && used > 1) {
        throw broken(bits);
      }
    }
    if (used == 0 || (used > 1 && open != 0)) {
      throw broken(bits);
    }
    short[] symbols = new short[used];
    for (int i = 0; i < size; i++) {
      if (lengths[i] > 0) {
        symbols[next[lengths[i]]++] = (short) i;
      }
    }
    if (used == 1) {
      return new Vp8lCode(symbols, counts, new int[] {symbols[0]}); // takes no bits
    }
    return new Vp8lCode(symbols, counts, root(symbols, counts, Math.min(ROOT, longest)));
  }

  private static int[] root(short[] symbols, short[] counts, int bits) {
    int[] root = new int[1 << bits];
    Arrays.fill(root, -1);
    int code = 0;
    int index = 0;
    for (int length = 1; length <= bits; length++) {
      for (int i = 0; i < counts[length]; i++, code++, index++) {
        int first = Integer.reverse(code) >>> (32 - length);
        for (int at = first; at < root.length; at += 1 << length) {
          root[at] = (length << 16) | (symbols[index] & 0xffff);
        }
      }
      code <<= 1;
    }
    return root;
  }

  /** Reads a symbol. */
  int symbol(Vp8lBits bits) throws DataFormatException {
    int next = bits.peek();
    int found = root[next & (root.length - 1)];
    if (found >= 0) {
      bits.skip(found >> 16);
      return found & 0xffff;
    }
    int code = 0;
    int first = 0;
    int index = 0;
    for (int length = 1; length <= LONGEST; length++) {
      code |= (next >> (length - 1)) & 1;
      int count = counts[length];
      if (code - first < count) {
        bits.skip(length);
        return symbols[index + code - first] & 0xffff;
      }
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw broken(bits);
  }
}
