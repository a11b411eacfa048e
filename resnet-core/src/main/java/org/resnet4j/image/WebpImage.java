package org.resnet4j.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Shape;

/**
 * The first frame of a WebP file on its canvas, lossy or lossless. The area around a smaller frame
 * is black. Alpha is not decoded.
 */
final class WebpImage implements EncodedImage {
  private static final int HEADER = 12;
  private static final int CHUNK = 8;
  private static final int CANVAS = 10;
  private static final int FRAME = 16;
  private static final int HAS_XMP = 4;
  private static final int HAS_EXIF = 8;
  private static final int ANIMATED = 2;

  /** The memory of prefix codes, in proportion to the file and in all. */
  private static final int CODE_BYTES_A_BYTE = 128;

  private static final long MOST_CODE_BYTES = 1 << 27;

  private final String where;
  private final byte[] bytes;
  private final int end;

  /** The size of the canvas in the header; 0 without one. */
  private int width;

  private int height;
  private int flags;
  private int left;
  private int top;

  /** The size of the frame. */
  private int columns;

  private int rows;
  private int from;
  private int to;
  private boolean lossless;
  private @Nullable Orientation exif;
  private @Nullable Orientation xmp;

  private WebpImage(String where, byte[] bytes) throws DataFormatException {
    this.where = where;
    this.bytes = bytes;
    long size = bytes.length < HEADER ? 0 : unsigned(4);
    if (bytes.length < HEADER || size + CHUNK > bytes.length) {
      throw cut(where, bytes.length);
    }
    end = (int) size + CHUNK;
  }

  static WebpImage of(String where, byte[] bytes) throws DataFormatException {
    WebpImage image = new WebpImage(where, bytes);
    image.chunks(HEADER, image.end);
    if (image.to == 0) {
      throw DataFormatException.ofImage(
          where, "expected an image in the WebP file but there is none");
    }
    return image;
  }

  static DataFormatException cut(String where, int at) {
    return DataFormatException.at(
        where,
        at,
        "expected more of the image but the data end here",
        DataFormatException.IMAGE_REMEDY);
  }

  static DataFormatException broken(String where, String finding) {
    return DataFormatException.ofImage(where, finding);
  }

  private void chunks(int begin, int limit) throws DataFormatException {
    for (int at = begin; limit - at >= CHUNK; ) {
      String name = new String(bytes, at, 4, StandardCharsets.ISO_8859_1);
      long size = unsigned(at + 4);
      int data = at + CHUNK;
      if (size > limit - data) {
        throw cut(where, limit);
      }
      int last = data + (int) size;
      switch (name) {
        case "VP8X" -> canvas(data, last);
        case "ANMF" -> frame(data, last);
        case "VP8 ", "VP8L" -> image(name.equals("VP8L"), data, last);
        case "EXIF" -> {
          if ((flags & HAS_EXIF) != 0) {
            exif = Orientation.ofTiff(bytes, data, last);
          }
        }
        case "XMP " -> {
          if ((flags & HAS_XMP) != 0) {
            xmp = Orientation.ofXmp(bytes, data, last);
          }
        }
        default -> {}
      }
      at = (int) Math.min(limit, last + (size & 1));
    }
  }

  private void canvas(int data, int last) throws DataFormatException {
    if (last - data < CANVAS || width != 0 || to != 0) {
      throw broken(where, "expected one WebP header of 10 bytes before the image");
    }
    flags = bytes[data] & 0xff;
    width = 1 + three(bytes, data + 4);
    height = 1 + three(bytes, data + 7);
  }

  private void frame(int data, int last) throws DataFormatException {
    if (last - data < FRAME || (flags & ANIMATED) == 0) {
      throw broken(where, "expected WebP frames of at least 16 bytes in an animation");
    }
    if (to != 0) {
      return; // another than the first
    }
    left = 2 * three(bytes, data);
    top = 2 * three(bytes, data + 3);
    chunks(data + FRAME, last);
  }

  private void image(boolean isLossless, int data, int last) throws DataFormatException {
    if (to != 0) {
      return;
    }
    lossless = isLossless;
    if (isLossless) {
      requireFrame(last - data >= 5 && bytes[data] == 0x2f && (bytes[data + 4] & 0xe0) == 0);
      int sizes = (int) unsigned(data + 1);
      columns = 1 + (sizes & 0x3fff);
      rows = 1 + ((sizes >> 14) & 0x3fff);
    } else {
      requireFrame(
          last - data >= Vp8Header.TAG
              && (bytes[data] & 0x11) == 0x10
              && (bytes[data] & 0xe) <= 6
              && three(bytes, data + 3) == 0x2a019d);
      columns = three(bytes, data + 6) & 0x3fff;
      rows = (three(bytes, data + 7) >> 8) & 0x3fff;
    }
    from = data;
    to = last;
    if (width == 0) {
      width = columns;
      height = rows;
    }
    boolean whole = (flags & ANIMATED) == 0;
    if (columns < 1
        || rows < 1
        || (long) left + columns > width
        || (long) top + rows > height
        || (whole && (columns != width || rows != height))) {
      throw broken(
          where,
          "expected a WebP frame within %sx%s pixels but it has %sx%s"
              .formatted(width, height, columns, rows));
    }
  }

  private void requireFrame(boolean known) throws DataFormatException {
    if (!known) {
      throw broken(where, "expected the header of a WebP frame, lossy or lossless");
    }
  }

  private long unsigned(int at) {
    return Integer.toUnsignedLong(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(at));
  }

  /** Returns the number in three bytes, the lowest first. */
  static int three(byte[] bytes, int at) {
    return (bytes[at] & 0xff) | ((bytes[at + 1] & 0xff) << 8) | ((bytes[at + 2] & 0xff) << 16);
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public int height() {
    return height;
  }

  @Override
  public Orientation orientation() {
    Orientation found = exif != null ? exif : xmp;
    return found == null ? Orientation.UPRIGHT : found;
  }

  @Override
  public long memory() {
    long pixels = (long) columns * rows;
    long canvas = columns == width && rows == height ? 0 : 3L * width * height;
    long codes = Math.min(MOST_CODE_BYTES, (long) CODE_BYTES_A_BYTE * (to - from));
    return pixels * (lossless ? 3 + 4 + 1 : 3 + 2) + (lossless ? codes : 0) + canvas;
  }

  @Override
  public Image decode() throws DataFormatException {
    EncodedImage.requireWholeScale(where, this);
    Image frame =
        lossless
            ? Vp8lFrame.decode(where, bytes, from, to)
            : Vp8Frame.decode(where, bytes, from, to, columns, rows);
    return CenterCrop.placed(frame, height, width, -top, -left, new byte[3]);
  }

  /** Returns planes of red, green and blue for packed pixels. */
  static Image unpacked(int[] pixels, int width, int height) {
    byte[] planes = new byte[3 * pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      planes[i] = (byte) (pixels[i] >> 16);
      planes[pixels.length + i] = (byte) (pixels[i] >> 8);
      planes[2 * pixels.length + i] = (byte) pixels[i];
    }
    return new Image(new Shape(3, height, width), planes);
  }
}
