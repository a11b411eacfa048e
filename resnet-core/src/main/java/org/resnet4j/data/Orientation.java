package org.resnet4j.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.resnet4j.arch.Shape;

/**
 * How a camera was held: tag 274 of EXIF 2.3, values 1 to 8. Turning a picture by it shows it as it
 * was seen, as Pillow's {@code ImageOps.exif_transpose} does.
 */
enum Orientation {
  UPRIGHT(false, false, false),
  MIRRORED(true, false, false),
  UPSIDE_DOWN(true, true, false),
  MIRRORED_UPSIDE_DOWN(false, true, false),
  TRANSPOSED(false, false, true),
  /** To be turned clockwise. */
  LEFT(false, true, true),
  TRANSVERSED(true, true, true),
  /** To be turned anticlockwise. */
  RIGHT(true, false, true);

  private static final int TAG = 0x0112;
  private static final int SHORT = 3;
  private static final int ENTRY_BYTES = 12;

  private final boolean fromRight;
  private final boolean fromBottom;
  private final boolean transposed;

  /**
   * Where the pixels of a shown picture are in the stored one.
   *
   * @param fromRight stored columns are counted from the right
   * @param fromBottom stored rows are counted from the bottom
   * @param transposed shown rows are stored columns
   */
  Orientation(boolean fromRight, boolean fromBottom, boolean transposed) {
    this.fromRight = fromRight;
    this.fromBottom = fromBottom;
    this.transposed = transposed;
  }

  /** What the TIFF structure in {@code bytes} says; {@link #UPRIGHT} where it says nothing sane. */
  static Orientation ofTiff(byte[] bytes, int from, int to) {
    if (to - from < 8) {
      return UPRIGHT;
    }
    ByteBuffer tiff = ByteBuffer.wrap(bytes, from, to - from).slice();
    tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    long directory = Integer.toUnsignedLong(tiff.getInt(4));
    if (tiff.getShort(2) != 42 || directory > tiff.limit() - 2) {
      return UPRIGHT;
    }
    int at = (int) directory;
    int entries = Short.toUnsignedInt(tiff.getShort(at));
    for (int i = 0; i < entries && at + 2 + (i + 1) * ENTRY_BYTES <= tiff.limit(); i++) {
      int entry = at + 2 + i * ENTRY_BYTES;
      if (tiff.getShort(entry) == TAG && tiff.getShort(entry + 2) == SHORT) {
        int value = Short.toUnsignedInt(tiff.getShort(entry + 8));
        return value >= 1 && value <= 8 ? values()[value - 1] : UPRIGHT;
      }
    }
    return UPRIGHT;
  }

  /** The picture as it was seen. */
  Image apply(Image image) {
    if (this == UPRIGHT) {
      return image;
    }
    Shape from = image.shape();
    Shape to =
        transposed
            ? new Shape(from.channels(), /* height= */ from.width(), /* width= */ from.height())
            : from;
    byte[] pixels = new byte[image.pixels().length];
    int plane = from.height() * from.width();
    for (int i = 0; i < pixels.length; i++) {
      int row = i % plane / to.width();
      int column = i % to.width();
      int y = transposed ? column : row;
      int x = transposed ? row : column;
      y = fromBottom ? from.height() - 1 - y : y;
      x = fromRight ? from.width() - 1 - x : x;
      pixels[i] = image.pixels()[i / plane * plane + y * from.width() + x];
    }
    return new Image(to, pixels);
  }
}
