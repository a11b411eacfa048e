package org.resnet4j.image;

/** The arithmetic decoder of VP8 (RFC 6386, section 7). Zeros follow the last byte. */
final class Vp8Bits {
  private static final int EVEN = 128;

  private final byte[] bytes;
  private final int to;
  private int at;

  /** The next {@code bits + 8} bits of the code. */
  private int value;

  private int bits = -8;

  /** The size of the interval minus 1, from 127 to 254. */
  private int range = 254;

  private boolean past;

  Vp8Bits(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.at = from;
    this.to = to;
  }

  /** Returns a bit that is 0 with a probability of {@code zero} / 256. */
  int bit(int zero) {
    if (bits < 0) {
      past |= at >= to;
      value = (value << 8) | (at < to ? bytes[at++] & 0xff : 0);
      bits += 8;
    }
    int split = (range * zero) >> 8;
    int bit;
    int size;
    if ((value >> bits) > split) {
      value -= (split + 1) << bits;
      size = range - split;
      bit = 1;
    } else {
      size = split + 1;
      bit = 0;
    }
    int shift = Integer.numberOfLeadingZeros(size) - 24;
    range = (size << shift) - 1;
    bits -= shift;
    return bit;
  }

  boolean flag() {
    return bit(EVEN) != 0;
  }

  /** Returns an unsigned number of {@code count} bits. */
  int number(int count) {
    int number = 0;
    for (int i = 0; i < count; i++) {
      number = (number << 1) | bit(EVEN);
    }
    return number;
  }

  /** Returns a number of {@code count} bits and a sign after a flag, or 0 without the flag. */
  int optional(int count) {
    return flag() ? signed(number(count)) : 0;
  }

  /** Returns {@code number} or its negative. */
  int signed(int number) {
    return flag() ? -number : number;
  }

  /** Returns whether bits after the last byte were read. */
  boolean isPast() {
    return past;
  }
}
