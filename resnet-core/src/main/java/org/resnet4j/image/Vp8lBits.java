package org.resnet4j.image;

/** A reader of bits, the lowest of each byte first. */
final class Vp8lBits {
  private final String where;
  private final byte[] bytes;
  private final int to;
  private int at;
  private long window;

  /** The number of bits in the window; zeros follow them after the last byte. */
  private int count;

  Vp8lBits(String where, byte[] bytes, int from, int to) {
    this.where = where;
    this.bytes = bytes;
    this.at = from;
    this.to = to;
  }

  /** Returns at least 32 of the next bits. */
  int peek() {
    while (count <= 32 && at < to) {
      window |= (bytes[at++] & 0xffL) << count;
      count += 8;
    }
    return (int) window;
  }

  void skip(int bits) throws DataFormatException {
    window >>>= bits;
    count -= bits;
    if (count < 0) {
      throw WebpImage.cut(where, to);
    }
  }

  /** Returns a number of up to 31 bits. */
  int number(int bits) throws DataFormatException {
    int number = peek() & ((1 << bits) - 1);
    skip(bits);
    return number;
  }

  boolean flag() throws DataFormatException {
    return number(1) != 0;
  }

  DataFormatException broken(String finding) {
    return WebpImage.broken(where, finding);
  }
}
