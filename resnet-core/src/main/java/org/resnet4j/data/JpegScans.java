package org.resnet4j.data;

import java.util.Arrays;

/** Counts the scans of a JPEG file, and which coefficients they leave out. */
final class JpegScans {
  /** Encoders write about ten; the time of decoding grows with each. */
  private static final int MOST = 64;

  /** Where one of so many is not exact, libjpeg guesses, and its versions guess differently. */
  private static final int GUESSED_FROM = 10;

  private static final int UNKNOWN = 64;

  /** {@code [component id][coefficient]}: bits that are still missing. */
  private final int[][] missing = new int[256][];

  private int count;

  /** Reads the header of a scan from {@code from} to {@code to}. */
  void add(String where, byte[] bytes, int from, int to) throws DataFormatException {
    if (++count > MOST) {
      throw EncodedImage.refused(
          where, "expected a JPEG of at most " + MOST + " scans but it has more");
    }
    int components = from < to ? bytes[from] & 0xff : 0;
    int last = from + 1 + 2 * components;
    if (last + 3 > to) {
      throw EncodedImage.refused(where, "expected the header of a JPEG scan but it is cut short");
    }
    for (int i = 0; i < components; i++) {
      int id = bytes[from + 1 + 2 * i] & 0xff;
      if (missing[id] == null) {
        missing[id] = new int[GUESSED_FROM];
        Arrays.fill(missing[id], UNKNOWN);
      }
      for (int k = bytes[last] & 0xff; k < GUESSED_FROM && k <= (bytes[last + 1] & 0xff); k++) {
        missing[id][k] = bytes[last + 2] & 15;
      }
    }
  }

  int count() {
    return count;
  }

  /** Refuses a progressive file that ends before its first coefficients are exact. */
  void require(String where, JpegFrame frame) throws DataFormatException {
    for (int id : frame.ids()) {
      if (frame.progressive()
          && (missing[id] == null || Arrays.stream(missing[id]).anyMatch(bits -> bits != 0))) {
        throw EncodedImage.refused(
            where, "expected a JPEG whose scans hold all coefficients but some are missing");
      }
    }
  }
}
