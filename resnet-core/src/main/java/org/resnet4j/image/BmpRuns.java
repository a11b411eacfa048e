package org.resnet4j.image;

import java.nio.ByteBuffer;

/** Checks the run lengths of a BMP file, because Java's decoder would leave gaps black. */
final class BmpRuns {
  private static final int OFFSET = 10;

  private BmpRuns() {}

  /** Refuses run lengths that do not cover every pixel of every row. */
  static void requireWhole(String where, ByteBuffer file, boolean halfBytes)
      throws DataFormatException {
    long width = Integer.toUnsignedLong(file.getInt(18));
    int height = file.getInt(22);
    long at = Integer.toUnsignedLong(file.getInt(OFFSET));
    long x = 0;
    int y = 0;
    while (y < height && !(y == height - 1 && x == width)) {
      if (at + 2 > file.limit()) {
        throw gap(where, at, x, y);
      }
      int run = file.get((int) at) & 0xff;
      int value = file.get((int) at + 1) & 0xff;
      at += 2;
      if (run == 0 && value > 2) {
        run = value;
        int bytes = halfBytes ? (value + 1) / 2 : value;
        at += bytes + (bytes & 1);
      } else if (run == 0) {
        if (value != 0 || x == 0) {
          throw gap(where, at, x, y);
        }
        y++;
        x = 0;
      }
      x += run;
      if (x > width) {
        throw gap(where, at, x, y);
      }
    }
    if (at > file.limit() || height < 1) {
      throw gap(where, at, x, y);
    }
  }

  private static DataFormatException gap(String where, long at, long x, int y) {
    return DataFormatException.at(
        where,
        at,
        "expected run lengths that cover every pixel of a row but they fail at pixel "
            + x
            + " of row "
            + y,
        DataFormatException.IMAGE_REMEDY);
  }
}
