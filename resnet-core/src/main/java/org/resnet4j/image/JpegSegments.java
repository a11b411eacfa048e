package org.resnet4j.image;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The segments of a JPEG file. Those that affect its pixels are kept. Those with colour space and
 * orientation are read as libjpeg and Pillow read them. All others are dropped.
 */
final class JpegSegments {
  static final int START_OF_SCAN = 0xda;

  private static final int START_OF_IMAGE = 0xd8;
  private static final int END_OF_IMAGE = 0xd9;
  private static final int APP0 = 0xe0;
  private static final int APP1 = 0xe1;
  private static final int APP14 = 0xee;
  private static final int APP15 = 0xef;
  private static final int COMMENT = 0xfe;
  private static final byte[] JFIF = "JFIF\0".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] EXIF = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] XMP =
      "http://ns.adobe.com/xap/1.0/\0".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ADOBE = "Adobe".getBytes(StandardCharsets.US_ASCII);

  private final String where;
  private final byte[] bytes;
  private final JpegScans scans = new JpegScans();
  private int length;
  private boolean jfif;
  private int adobeTransform = JpegColours.NO_ADOBE;
  private @Nullable Orientation exif;
  private @Nullable Orientation xmp;
  private @Nullable JpegFrame frame;

  private JpegSegments(String where, byte[] bytes) {
    this.where = where;
    this.bytes = bytes;
  }

  /** Moves the kept segments to the front of {@code bytes} and returns the image. */
  static EncodedImage of(String where, byte[] bytes) throws DataFormatException {
    JpegSegments segments = new JpegSegments(where, bytes);
    int first = segments.header();
    JpegFrame frame = segments.frame;
    if (frame == null) {
      throw DataFormatException.ofImage(
          where, "expected a JPEG frame header before the first scan");
    }
    segments.scans(first, frame);
    Orientation orientation = segments.exif == null ? segments.xmp : segments.exif;
    return new JpegImage(
        where,
        bytes,
        segments.length,
        frame,
        JpegColours.of(frame, segments.jfif, segments.adobeTransform),
        segments.scans.count(),
        orientation == null ? Orientation.UPRIGHT : orientation);
  }

  /** Reads all segments up to the first scan and returns its position. */
  private int header() throws DataFormatException {
    int at = next(2);
    for (length = 2; marker(at) != START_OF_SCAN; at = next(at)) {
      int end = end(at);
      int marker = marker(at);
      read(marker, at + 4, end);
      if ((marker < APP0 || marker > APP15) && marker != COMMENT) {
        move(at, end);
      }
      at = end;
    }
    return at;
  }

  private void read(int marker, int body, int end) throws DataFormatException {
    if (marker == APP0 && startsWith(body, end, JFIF) && end - body >= 14) {
      jfif = true;
    } else if (marker == APP14 && startsWith(body, end, ADOBE) && end - body >= 12) {
      adobeTransform = bytes[body + 11] & 0xff;
    } else if (marker == APP1 && startsWith(body, end, EXIF) && exif == null) {
      exif = Orientation.ofTiff(bytes, body + EXIF.length, end);
    } else if (marker == APP1 && startsWith(body, end, XMP)) {
      xmp = Orientation.ofXmp(bytes, body + XMP.length, end);
    } else if (JpegFrame.isFrame(marker)) {
      frame = JpegFrame.of(where, marker, bytes, body, end);
    }
  }

  /** Reads everything from the first scan to the end of the image, which must be there. */
  private void scans(int first, JpegFrame frame) throws DataFormatException {
    int at = first;
    while (marker(at) != END_OF_IMAGE) {
      int end = end(at);
      if (marker(at) == START_OF_SCAN) {
        scans.add(where, frame, bytes, at + 4, end);
        end = afterEntropy(end);
      }
      at = next(end);
    }
    scans.require(where, frame);
    move(first, at + 2);
  }

  /** Appends bytes to the kept segments. */
  private void move(int from, int to) {
    System.arraycopy(bytes, from, bytes, length, to - from);
    length += to - from;
  }

  /** Returns the first marker after entropy-coded data, neither a stuffed byte nor a restart. */
  private int afterEntropy(int from) throws DataFormatException {
    int at = next(from);
    while ((marker(at) & 0xf8) == 0xd0) {
      at = next(at + 2);
    }
    return at;
  }

  /** Returns the first marker at {@code from} or after it; libjpeg skips bytes between segments. */
  private int next(int from) throws DataFormatException {
    for (int at = from; at + 1 < bytes.length; at++) {
      if (bytes[at] == -1 && bytes[at + 1] != 0 && bytes[at + 1] != -1) {
        return at;
      }
    }
    throw cut();
  }

  private int marker(int at) {
    return bytes[at + 1] & 0xff;
  }

  /** Returns the end of the segment at {@code at}. */
  private int end(int at) throws DataFormatException {
    int marker = marker(at);
    if (marker == START_OF_IMAGE
        || marker == END_OF_IMAGE
        || marker < 0xc0
        || (marker & 0xf8) == 0xd0) {
      return at + 2; // these have no body
    }
    int end = at + 4 > bytes.length ? Integer.MAX_VALUE : at + 2 + unsigned(at + 2);
    if (end > bytes.length) {
      throw cut();
    }
    return Math.max(end, at + 4);
  }

  private DataFormatException cut() {
    return DataFormatException.at(
        where,
        bytes.length,
        "expected more of the image but the file ends here",
        DataFormatException.IMAGE_REMEDY);
  }

  private boolean startsWith(int from, int to, byte[] start) {
    return from + start.length <= to
        && Arrays.equals(bytes, from, from + start.length, start, 0, start.length);
  }

  /** Returns the 16-bit number at {@code at}. */
  private int unsigned(int at) {
    return ((bytes[at] & 0xff) << 8) | (bytes[at + 1] & 0xff);
  }
}
