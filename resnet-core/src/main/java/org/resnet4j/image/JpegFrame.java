package org.resnet4j.image;

import java.util.Arrays;

/**
 * The frame header of a baseline, extended or progressive JPEG file of 8 bits with Huffman coding.
 *
 * @param progressive whether scans refine each other
 * @param ids ids of the 1, 3 or 4 components
 * @param across horizontal sampling factors of the components
 * @param down vertical sampling factors of the components
 */
record JpegFrame(boolean progressive, int width, int height, int[] ids, int[] across, int[] down) {
  private static final int PROGRESSIVE = 0xc2;

  /**
   * Returns whether {@code marker} is SOF0 to SOF15, except the tables and the extension in that
   * range.
   */
  static boolean isFrame(int marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
  }

  /**
   * Reads the segment with the body from {@code from} to {@code to}. It renumbers the components
   * from 1 on, since some files use one id for two.
   */
  static JpegFrame of(String where, int marker, byte[] bytes, int from, int to)
      throws DataFormatException {
    String process =
        switch (marker) {
          case 0xc0, 0xc1, PROGRESSIVE -> "";
          case 0xc3 -> "lossless";
          case 0xc5, 0xc6, 0xc7 -> "hierarchical";
          default -> "arithmetic";
        };
    if (!process.isEmpty()) {
      throw DataFormatException.ofImage(
          where,
          "expected a baseline or progressive JPEG with Huffman coding but it is " + process);
    }
    int count = to - from < 6 ? 0 : bytes[from + 5];
    if (to - from < 6 + 3 * count || (count != 1 && count != 3 && count != 4)) {
      throw DataFormatException.ofImage(
          where, "expected a JPEG of 1, 3 or 4 components but it has " + count);
    }
    if (bytes[from] != 8) {
      throw DataFormatException.ofImage(
          where, "expected a JPEG of 8 bits a sample but it has " + bytes[from]);
    }
    int[] ids = new int[count];
    int[] across = new int[count];
    int[] down = new int[count];
    for (int i = 0; i < count; i++) {
      int at = from + 6 + 3 * i;
      ids[i] = bytes[at] & 0xff;
      across[i] = (bytes[at + 1] & 0xff) >> 4;
      down[i] = bytes[at + 1] & 15;
      bytes[at] = (byte) (i + 1);
    }
    int width = unsigned(bytes, from + 3);
    int height = unsigned(bytes, from + 1);
    return new JpegFrame(marker == PROGRESSIVE, width, height, ids, across, down);
  }

  private static int unsigned(byte[] bytes, int at) {
    return ((bytes[at] & 0xff) << 8) | (bytes[at + 1] & 0xff);
  }

  int components() {
    return ids.length;
  }

  /** Returns whether component {@code i} has every second row and all columns. */
  boolean halfTheRows(int i) {
    return 2 * down[i] == Arrays.stream(down).max().orElse(0)
        && across[i] == Arrays.stream(across).max().orElse(0);
  }
}
