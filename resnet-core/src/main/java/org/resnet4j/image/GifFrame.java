package org.resnet4j.image;

import java.util.Arrays;
import org.resnet4j.arch.Shape;

/**
 * The first frame of a GIF file on its screen, as in Pillow. The area around a frame smaller than
 * the screen has the transparent colour, or else the first one.
 */
final class GifFrame implements EncodedImage {
  private static final int MOST_CODES = 1 << 12;

  private final String where;
  private final byte[] bytes;

  /** The colours in use, {@code [channel][index]}. */
  private final byte[][] palette = new byte[3][256];

  private int at;
  private int width;
  private int height;
  private int background;
  private int left;
  private int top;
  private int columns;
  private int rows;
  private boolean interlaced;

  private GifFrame(String where, byte[] bytes) {
    this.where = where;
    this.bytes = bytes;
  }

  static GifFrame of(String where, byte[] bytes) throws DataFormatException {
    GifFrame frame = new GifFrame(where, bytes);
    frame.screen();
    return frame;
  }

  private void screen() throws DataFormatException {
    at = 6;
    width = unsigned();
    height = unsigned();
    int flags = next();
    at += 2; // background colour and aspect ratio, both ignored
    grays();
    colours(flags);
    for (int kind = next(); kind != ','; kind = next()) {
      if (kind == ';') {
        throw DataFormatException.ofImage(
            where, "expected an image in the GIF file but there is none");
      }
      if (kind == '!') {
        extension();
      }
    }
    left = unsigned();
    top = unsigned();
    columns = unsigned();
    rows = unsigned();
    flags = next();
    interlaced = (flags & 0x40) != 0;
    colours(flags);
    if (columns == 0 || rows == 0) {
      throw DataFormatException.ofImage(where, "expected a GIF frame of at least one pixel");
    }
    width = Math.max(width, left + columns);
    height = Math.max(height, top + rows);
  }

  private void grays() {
    for (byte[] channel : palette) {
      for (int i = 0; i < 256; i++) {
        channel[i] = (byte) i;
      }
    }
  }

  /**
   * Reads a table of colours, if the flags announce one. Indices beyond the table are black. A
   * table in which every index equals its gray value means all 256 grays.
   */
  private void colours(int flags) throws DataFormatException {
    if ((flags & 0x80) == 0) {
      return;
    }
    for (byte[] channel : palette) {
      Arrays.fill(channel, (byte) 0);
    }
    boolean gray = true;
    for (int i = 0; i < 2 << (flags & 7); i++) {
      for (byte[] channel : palette) {
        int value = next();
        channel[i] = (byte) value;
        gray &= value == i;
      }
    }
    if (gray) {
      grays();
    }
  }

  private void extension() throws DataFormatException {
    int label = next();
    for (int length = next(), block = 0; length != 0; length = next(), block++) {
      if (label == 0xf9 && block == 0 && length >= 4 && (peek(0) & 1) != 0) {
        background = peek(3);
      }
      at += length;
    }
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
  public long memory() {
    return 4L * width * height;
  }

  @Override
  public Image decode() throws DataFormatException {
    EncodedImage.requireWholeScale(where, this);
    byte[] indices = new byte[width * height];
    Arrays.fill(indices, (byte) background);
    new Codes(indices).decode();
    byte[] pixels = new byte[3 * indices.length];
    for (int c = 0; c < 3; c++) {
      int plane = c * indices.length;
      for (int i = 0; i < indices.length; i++) {
        pixels[plane + i] = palette[c][indices[i] & 0xff];
      }
    }
    return new Image(new Shape(3, height, width), pixels);
  }

  /** Returns the row of the frame that is stored as number {@code i}. */
  private int row(int i) {
    if (!interlaced) {
      return i;
    }
    int eighths = (rows + 7) / 8;
    int fourths = (rows + 3) / 8;
    int halves = (rows + 1) / 4;
    if (i < eighths) {
      return 8 * i;
    }
    if (i < eighths + fourths) {
      return 8 * (i - eighths) + 4;
    }
    if (i < eighths + fourths + halves) {
      return 4 * (i - eighths - fourths) + 2;
    }
    return 2 * (i - eighths - fourths - halves) + 1;
  }

  /** Decodes variable-length LZW codes of up to 12 bits. */
  private final class Codes {
    private final byte[] indices;
    private final short[] prefix = new short[MOST_CODES];
    private final byte[] suffix = new byte[MOST_CODES];
    private final byte[] reversed = new byte[MOST_CODES + 1];
    private int from = at;
    private int block;
    private int bits;
    private int bitCount;
    private int written;

    Codes(byte[] indices) {
      this.indices = indices;
    }

    void decode() throws DataFormatException {
      int size = byteAt();
      if (size > 11) {
        throw DataFormatException.ofImage(
            where, "expected GIF codes of at most 12 bits but they start with " + (size + 1));
      }
      int clear = 1 << size;
      int next = clear + 2;
      int width = size + 1;
      int last = -1;
      long pixels = (long) columns * rows;
      while (written < pixels) {
        int code = code(width);
        if (code == clear) {
          next = clear + 2;
          width = size + 1;
          last = -1;
          continue;
        }
        if (code == clear + 1 || code > next || (code == next && last < 0) || code >= MOST_CODES) {
          throw broken();
        }
        int length = string(code, next, last, clear);
        if (last >= 0 && next < MOST_CODES) {
          prefix[next] = (short) last;
          suffix[next] = reversed[length - 1];
          next++;
          if (next == 1 << width && width < 12) {
            width++;
          }
        }
        write(length, pixels);
        last = code;
      }
    }

    /** Writes the string of {@code code} into {@link #reversed}, last byte first. */
    private int string(int code, int next, int last, int clear) {
      int length = 0;
      int rest = code;
      if (code == next) {
        rest = last; // the last string, followed by its own first byte
        length = 1;
      }
      while (rest > clear) {
        reversed[length++] = suffix[rest];
        rest = prefix[rest];
      }
      reversed[length++] = (byte) rest;
      if (code == next) {
        reversed[0] = (byte) rest;
      }
      return length;
    }

    private void write(int length, long pixels) {
      for (int i = length - 1; i >= 0 && written < pixels; i--, written++) {
        int y = top + row(written / columns);
        indices[y * width + left + written % columns] = reversed[i];
      }
    }

    private int code(int width) throws DataFormatException {
      while (bitCount < width) {
        if (block == 0) {
          block = byteAt();
          if (block == 0) {
            throw broken();
          }
        }
        bits |= byteAt() << bitCount;
        bitCount += 8;
        block--;
      }
      int code = bits & (1 << width) - 1;
      bits >>>= width;
      bitCount -= width;
      return code;
    }

    private int byteAt() throws DataFormatException {
      if (from >= bytes.length) {
        throw cut();
      }
      return bytes[from++] & 0xff;
    }

    private DataFormatException broken() {
      return DataFormatException.at(
          where,
          from,
          "expected " + (long) columns * rows + " pixels but the data end after " + written,
          DataFormatException.IMAGE_REMEDY);
    }
  }

  private int next() throws DataFormatException {
    int value = peek(0);
    at++;
    return value;
  }

  private int peek(int ahead) throws DataFormatException {
    if (at + ahead >= bytes.length) {
      throw cut();
    }
    return bytes[at + ahead] & 0xff;
  }

  private int unsigned() throws DataFormatException {
    return next() | next() << 8;
  }

  private DataFormatException cut() {
    return DataFormatException.at(
        where,
        bytes.length,
        "expected more of the image but the file ends here",
        DataFormatException.IMAGE_REMEDY);
  }
}
