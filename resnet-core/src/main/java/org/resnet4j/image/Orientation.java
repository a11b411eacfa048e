package org.resnet4j.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Shape;

/**
 * The orientation of a camera: tag 274 of EXIF 2.3, values 1 to 8, or the same in XMP. {@link
 * #apply} turns an image upright, as Pillow's {@code ImageOps.exif_transpose} does.
 */
enum Orientation {
  UPRIGHT(false, false, false),
  MIRRORED(true, false, false),
  UPSIDE_DOWN(true, true, false),
  MIRRORED_UPSIDE_DOWN(false, true, false),
  TRANSPOSED(false, false, true),
  /** An image to be turned clockwise. */
  LEFT(false, true, true),
  TRANSVERSED(true, true, true),
  /** An image to be turned anticlockwise. */
  RIGHT(true, false, true);

  private static final int TAG = 0x0112;
  private static final int SHORT = 3;
  private static final int LONG = 4;
  private static final int SIGNED_SHORT = 8;
  private static final int SIGNED_LONG = 9;
  private static final byte[] EXIF = {'E', 'x', 'i', 'f', 0, 0};
  private static final Pattern XMP = Pattern.compile("tiff:Orientation(?:=\"|>)([0-9])");
  private static final int ENTRY_BYTES = 12;

  private final boolean fromRight;
  private final boolean fromBottom;
  private final boolean transposed;

  /**
   * Creates an orientation by the position of the upright image's pixels in the stored one.
   *
   * @param fromRight whether stored columns are counted from the right
   * @param fromBottom whether stored rows are counted from the bottom
   * @param transposed whether rows of the upright image are stored columns
   */
  Orientation(boolean fromRight, boolean fromBottom, boolean transposed) {
    this.fromRight = fromRight;
    this.fromBottom = fromBottom;
    this.transposed = transposed;
  }

  /** Returns the orientation in a TIFF structure; null if there is none. */
  static @Nullable Orientation ofTiff(byte[] bytes, int from, int to) {
    int start = from;
    while (to - start >= EXIF.length
        && Arrays.equals(bytes, start, start + EXIF.length, EXIF, 0, EXIF.length)) {
      start += EXIF.length; // some writers repeat it
    }
    if (to - start < 8) {
      return null;
    }
    ByteBuffer tiff = ByteBuffer.wrap(bytes, start, to - start).slice();
    tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    long directory = Integer.toUnsignedLong(tiff.getInt(4));
    boolean known = tiff.get(0) == tiff.get(1) && (tiff.get(0) == 'I' || tiff.get(0) == 'M');
    int version = tiff.get(2) | tiff.get(3); // some writers use the other byte order
    if (!known || version != 42 || directory > tiff.limit() - 2) {
      return null;
    }
    @Nullable Orientation found = null;
    int at = (int) directory;
    int entries = Short.toUnsignedInt(tiff.getShort(at));
    for (int i = 0; i < entries && at + 2 + (i + 1) * ENTRY_BYTES <= tiff.limit(); i++) {
      int entry = at + 2 + i * ENTRY_BYTES;
      if (tiff.getShort(entry) == TAG) {
        found = of(value(tiff, entry));
      }
    }
    return found;
  }

  /** Returns the first number of a directory's entry, or 0 if it is no integer. */
  private static int value(ByteBuffer tiff, int entry) {
    int bytes =
        switch (tiff.getShort(entry + 2)) {
          case SHORT, SIGNED_SHORT -> 2;
          case LONG, SIGNED_LONG -> 4;
          default -> 0;
        };
    long size = bytes * Integer.toUnsignedLong(tiff.getInt(entry + 4));
    long at = size > 4 ? Integer.toUnsignedLong(tiff.getInt(entry + 8)) : entry + 8;
    if (size == 0 || at + size > tiff.limit()) {
      return 0;
    }
    return bytes == 2 ? tiff.getShort((int) at) : tiff.getInt((int) at);
  }

  /** Returns the orientation in an XMP packet; null if there is none. */
  static @Nullable Orientation ofXmp(byte[] bytes, int from, int to) {
    Matcher found = XMP.matcher(new String(bytes, from, to - from, StandardCharsets.ISO_8859_1));
    return found.find() ? of(found.group(1).charAt(0) - '0') : null;
  }

  private static Orientation of(int value) {
    return value >= 1 && value <= 8 ? values()[value - 1] : UPRIGHT;
  }

  /** Returns the upright image. */
  Image apply(Image image) {
    if (this == UPRIGHT) {
      return image;
    }
    Shape from = image.shape();
    Shape to =
        transposed
            ? new Shape(from.channels(), /* height= */ from.width(), /* width= */ from.height())
            : from;
    int width = from.width();
    int first = (fromBottom ? (from.height() - 1) * width : 0) + (fromRight ? width - 1 : 0);
    int right = fromRight ? -1 : 1;
    int down = fromBottom ? -width : width;
    int column = transposed ? down : right;
    int row = transposed ? right : down;
    byte[] stored = image.pixels();
    byte[] pixels = new byte[stored.length];
    int out = 0;
    for (int channel = 0; channel < from.channels(); channel++) {
      for (int y = 0; y < to.height(); y++) {
        int at = channel * width * from.height() + first + y * row;
        for (int x = 0; x < to.width(); x++, at += column) {
          pixels[out++] = stored[at];
        }
      }
    }
    return new Image(to, pixels);
  }
}
