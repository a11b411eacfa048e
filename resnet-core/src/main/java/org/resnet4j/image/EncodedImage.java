package org.resnet4j.image;

import java.io.IOException;

/** An image file in memory whose header is valid and whose pixels are still encoded. */
interface EncodedImage {
  /** The longest accepted side in pixels; photographs of 200 megapixels have 16,320 pixels. */
  int MOST_SIDE = 1 << 15;

  /**
   * The largest number of pixels to decode at full scale. Larger images are decoded at half the
   * scale where that is possible, or refused.
   */
  int MOST_PIXELS = 1 << 26;

  int width();

  int height();

  /** Returns the orientation to apply to the decoded image. */
  default Orientation orientation() {
    return Orientation.UPRIGHT;
  }

  /**
   * Returns the largest number of bytes that {@link #decode} allocates at one time, including the
   * result.
   */
  long memory();

  /** Returns the stored pixels as RGB. */
  Image decode() throws IOException;

  /** Refuses an image of more than {@link #MOST_PIXELS} pixels. */
  static void requireWholeScale(String where, EncodedImage image) throws DataFormatException {
    if ((long) image.width() * image.height() > MOST_PIXELS) {
      throw DataFormatException.ofImage(
          where, "expected at most " + MOST_PIXELS + " pixels but it has " + size(image));
    }
  }

  /** Returns width and height for messages. */
  static String size(EncodedImage image) {
    return image.width() + "x" + image.height();
  }
}
