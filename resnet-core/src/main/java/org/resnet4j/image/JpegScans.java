package org.resnet4j.image;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/** Counts the scans of a JPEG file and the coefficients that they leave out. */
final class JpegScans {
  /**
   * The largest accepted number of scans; encoders write about ten, and decoding time grows with
   * each.
   */
  private static final int MOST = 64;

  /**
   * The number of leading coefficients that must be exact. Otherwise libjpeg estimates them,
   * differently in each version.
   */
  private static final int GUESSED_FROM = 10;

  private static final int UNKNOWN = 64;

  /** The number of bits still missing, {@code [component][coefficient]}. */
  private final int[][] missing = new int[4][GUESSED_FROM];

  private int count;

  JpegScans() {
    for (int[] component : missing) {
      Arrays.fill(component, UNKNOWN);
    }
  }

  /**
   * Reads the header of a scan from {@code from} to {@code to}, and renumbers its components like
   * those of the frame.
   */
  void add(String where, JpegFrame frame, byte[] bytes, int from, int to)
      throws DataFormatException {
    if (++count > MOST) {
      throw DataFormatException.ofImage(
          where, "expected a JPEG of at most " + MOST + " scans but it has more");
    }
    int components = from < to ? bytes[from] & 0xff : 0;
    int last = from + 1 + 2 * components;
    if (last + 3 > to) {
      throw DataFormatException.ofImage(
          where, "expected the header of a JPEG scan but it is cut short");
    }
    Set<Integer> used = new HashSet<>();
    for (int i = 0; i < components; i++) {
      int at = from + 1 + 2 * i;
      int component = component(frame, bytes[at] & 0xff, used);
      if (component < 0) {
        throw DataFormatException.ofImage(
            where, "expected a JPEG scan of components of the frame but one is another");
      }
      bytes[at] = (byte) (component + 1);
      for (int k = bytes[last] & 0xff; k < GUESSED_FROM && k <= (bytes[last + 1] & 0xff); k++) {
        missing[component][k] = bytes[last + 2] & 15;
      }
    }
  }

  /**
   * Returns the first component with this id that the scan has not had, or -1, as in libjpeg-turbo.
   */
  private static int component(JpegFrame frame, int id, Set<Integer> used) {
    for (int i = 0; i < frame.components(); i++) {
      if (frame.ids()[i] == id && used.add(i)) {
        return i;
      }
    }
    return -1;
  }

  int count() {
    return count;
  }

  /** Refuses a progressive file that ends before its first coefficients are exact. */
  void require(String where, JpegFrame frame) throws DataFormatException {
    for (int i = 0; i < frame.components(); i++) {
      if (frame.progressive() && Arrays.stream(missing[i]).anyMatch(bits -> bits != 0)) {
        throw DataFormatException.ofImage(
            where, "expected a JPEG whose scans hold all coefficients but some are missing");
      }
    }
  }
}
