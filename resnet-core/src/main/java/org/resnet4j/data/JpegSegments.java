package org.resnet4j.data;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a JPEG file says before its pixels, or the unchanged bytes of another file.
 *
 * @param bytes without the colour profile, so that no decoder converts colours with it
 * @param fourComponents whether pixels are CMYK or YCCK
 * @param ycck whether Adobe's segment says so
 * @param orientation of the first EXIF segment
 */
record JpegSegments(byte[] bytes, boolean fourComponents, boolean ycck, Orientation orientation) {
  private static final int START_OF_IMAGE = 0xd8;
  private static final int START_OF_SCAN = 0xda;
  private static final int FILL = 0xff;
  private static final int APP1 = 0xe1;
  private static final int APP2 = 0xe2;
  private static final int APP14 = 0xee;
  private static final byte[] PROFILE = "ICC_PROFILE\0".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] EXIF = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ADOBE = "Adobe".getBytes(StandardCharsets.US_ASCII);

  static JpegSegments of(byte[] bytes) {
    if (bytes.length < 2 || marker(bytes, 0) != START_OF_IMAGE) {
      return new JpegSegments(bytes, false, false, Orientation.UPRIGHT);
    }
    ByteArrayOutputStream kept = new ByteArrayOutputStream(bytes.length);
    boolean fourComponents = false;
    boolean ycck = false;
    @Nullable Orientation orientation = null;
    int at = 2;
    kept.write(bytes, 0, at);
    while (at + 4 <= bytes.length && marker(bytes, at) > 0 && marker(bytes, at) != START_OF_SCAN) {
      if (marker(bytes, at) == FILL) {
        kept.write(bytes, at++, 1);
        continue;
      }
      int end = Math.min(bytes.length, at + 2 + unsigned(bytes, at + 2));
      int body = at + 4;
      if (marker(bytes, at) == APP14 && startsWith(bytes, body, end, ADOBE) && body + 12 <= end) {
        ycck = bytes[body + 11] == 2;
      }
      if (orientation == null && marker(bytes, at) == APP1 && startsWith(bytes, body, end, EXIF)) {
        orientation = Orientation.ofTiff(bytes, body + EXIF.length, end);
      }
      if (isFrame(marker(bytes, at)) && body + 6 <= end) {
        fourComponents = bytes[body + 5] == 4;
      }
      if (marker(bytes, at) != APP2 || !startsWith(bytes, body, end, PROFILE)) {
        kept.write(bytes, at, end - at);
      }
      at = end;
    }
    kept.write(bytes, at, bytes.length - at);
    return new JpegSegments(
        kept.toByteArray(),
        fourComponents,
        ycck,
        orientation == null ? Orientation.UPRIGHT : orientation);
  }

  /** The marker at {@code at}, or -1. */
  private static int marker(byte[] bytes, int at) {
    return bytes[at] == (byte) 0xff ? bytes[at + 1] & 0xff : -1;
  }

  /** SOF0 to SOF15, without the tables and the extension among them. */
  private static boolean isFrame(int marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
  }

  private static boolean startsWith(byte[] bytes, int from, int to, byte[] start) {
    return from + start.length <= to
        && Arrays.equals(bytes, from, from + start.length, start, 0, start.length);
  }

  /** The 16-bit number at {@code at}. */
  private static int unsigned(byte[] bytes, int at) {
    return ((bytes[at] & 0xff) << 8) | (bytes[at + 1] & 0xff);
  }
}
