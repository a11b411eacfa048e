package org.resnet4j.image;

import java.io.IOException;

/** An image file in memory whose header is sound and whose pixels are still encoded. */
interface EncodedImage {
  /** The longest side; photographs of 200 megapixels have 16,320 pixels. */
  int MOST_SIDE = 1 << 15;

  /** More pixels are decoded at half the scale, where that is possible, or refused. */
  int MOST_PIXELS = 1 << 26;

  int width();

  int height();

  /** How the decoded image is to be turned. */
  default Orientation orientation() {
    return Orientation.UPRIGHT;
  }

  /** Bytes that {@link #decode} allocates at most at one time, the result included. */
  long memory();

  /** The stored pixels as RGB. */
  Image decode() throws IOException;

  /** Refuses an image of more than {@link #MOST_PIXELS} pixels. */
  static void requireWholeScale(String where, EncodedImage image) throws DataFormatException {
    if ((long) image.width() * image.height() > MOST_PIXELS) {
      throw DataFormatException.ofImage(
          where, "expected at most " + MOST_PIXELS + " pixels but it has " + size(image));
    }
  }

  /** Width and height for messages. */
  static String size(EncodedImage image) {
    return image.width() + "x" + image.height();
  }
}
