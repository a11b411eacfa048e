package org.resnet4j.image;

import java.io.IOException;

/** An image file in memory whose header is sound and whose pixels are still encoded. */
interface EncodedImage {
  /** The longest side; photographs of 200 megapixels have 16,320 pixels. */
  int MOST_SIDE = 1 << 15;

  /** More pixels are decoded at half the scale, where that is possible, or refused. */
  int MOST_PIXELS = 1 << 26;

  /** What a user can do about a file that is refused. */
  String REMEDY = "save it again as JPEG or PNG, or remove it";

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

  /**
   * Checks the header of {@code bytes}, which belong to the result from then on.
   *
   * @param where names the file in messages
   */
  static EncodedImage of(String where, byte[] bytes) throws DataFormatException {
    ImageFormat format = ImageFormat.of(where, bytes);
    EncodedImage image =
        switch (format) {
          case JPEG -> JpegSegments.of(where, bytes);
          case PNG -> PngChunks.of(where, bytes);
          case BMP -> BmpHeader.of(where, bytes);
          case GIF -> GifFrame.of(where, bytes);
        };
    int width = image.width();
    int height = image.height();
    if (width < 1 || height < 1 || width > MOST_SIDE || height > MOST_SIDE) {
      throw refused(
          where, "expected sides of 1 to " + MOST_SIDE + " pixels but it has " + size(image));
    }
    return image;
  }

  /** Refuses an image of more than {@link #MOST_PIXELS} pixels. */
  static void requireWholeScale(String where, EncodedImage image) throws DataFormatException {
    if ((long) image.width() * image.height() > MOST_PIXELS) {
      throw refused(where, "expected at most " + MOST_PIXELS + " pixels but it has " + size(image));
    }
  }

  /** Width and height for messages. */
  static String size(EncodedImage image) {
    return image.width() + "x" + image.height();
  }

  /** One sentence about a file that is not what it should be. */
  static DataFormatException refused(String where, String finding) {
    return new DataFormatException(where + ": " + finding + "; " + REMEDY);
  }
}
