package org.resnet4j.data;

/**
 * The frame header of a JPEG file that is baseline, extended or progressive, in 8 bits and Huffman
 * coded.
 *
 * @param progressive whether scans refine each other
 * @param ids of the components: 1, 3 or 4 of them
 */
record JpegFrame(boolean progressive, int width, int height, int[] ids) {
  private static final int PROGRESSIVE = 0xc2;

  /** SOF0 to SOF15, without the tables and the extension among them. */
  static boolean isFrame(int marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
  }

  /** Reads the segment with the body from {@code from} to {@code to}. */
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
      throw EncodedImage.refused(
          where,
          "expected a baseline or progressive JPEG with Huffman coding but it is " + process);
    }
    int count = to - from < 6 ? 0 : bytes[from + 5];
    if (to - from < 6 + 3 * count || (count != 1 && count != 3 && count != 4)) {
      throw EncodedImage.refused(
          where, "expected a JPEG of 1, 3 or 4 components but it has " + count);
    }
    if (bytes[from] != 8) {
      throw EncodedImage.refused(
          where, "expected a JPEG of 8 bits a sample but it has " + bytes[from]);
    }
    int[] ids = new int[count];
    for (int i = 0; i < count; i++) {
      ids[i] = bytes[from + 6 + 3 * i] & 0xff;
    }
    return new JpegFrame(
        marker == PROGRESSIVE, unsigned(bytes, from + 3), unsigned(bytes, from + 1), ids);
  }

  private static int unsigned(byte[] bytes, int at) {
    return ((bytes[at] & 0xff) << 8) | (bytes[at + 1] & 0xff);
  }

  int components() {
    return ids.length;
  }
}
