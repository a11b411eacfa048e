package org.resnet4j.image;

/**
 * The colour space of a JPEG file's components, and its conversion to RGB as libjpeg computes it.
 */
enum JpegColours {
  GRAY {
    @Override
    void convert(byte[] row, int from, int width, byte[] pixels, int at, int plane) {
      System.arraycopy(row, from, pixels, at, width);
      System.arraycopy(row, from, pixels, at + plane, width);
      System.arraycopy(row, from, pixels, at + 2 * plane, width);
    }
  },
  RGB {
    @Override
    void convert(byte[] row, int from, int width, byte[] pixels, int at, int plane) {
      for (int x = 0; x < width; x++) {
        pixels[at + x] = row[from + 3 * x];
        pixels[at + plane + x] = row[from + 3 * x + 1];
        pixels[at + 2 * plane + x] = row[from + 3 * x + 2];
      }
    }
  },
  YCBCR {
    @Override
    void convert(byte[] row, int from, int width, byte[] pixels, int at, int plane) {
      for (int x = 0; x < width; x++) {
        int y = row[from + 3 * x] & 0xff;
        int blue = row[from + 3 * x + 1] & 0xff;
        int red = row[from + 3 * x + 2] & 0xff;
        pixels[at + x] = (byte) clipped(y + RED_OF_RED[red]);
        pixels[at + plane + x] = (byte) clipped(y + green(blue, red));
        pixels[at + 2 * plane + x] = (byte) clipped(y + BLUE_OF_BLUE[blue]);
      }
    }
  },
  /** The inverted CMYK that Adobe writes and Pillow always assumes. */
  CMYK {
    @Override
    void convert(byte[] row, int from, int width, byte[] pixels, int at, int plane) {
      for (int x = 0; x < width; x++) {
        int light = row[from + 4 * x + 3] & 0xff;
        for (int c = 0; c < 3; c++) {
          pixels[at + c * plane + x] =
              (byte) withBlack(255 - (row[from + 4 * x + c] & 0xff), light);
        }
      }
    }
  },
  /** The inverted CMYK stored as YCbCr; {@code ycck_cmyk_convert} of libjpeg. */
  YCCK {
    @Override
    void convert(byte[] row, int from, int width, byte[] pixels, int at, int plane) {
      for (int x = 0; x < width; x++) {
        int y = row[from + 4 * x] & 0xff;
        int blue = row[from + 4 * x + 1] & 0xff;
        int red = row[from + 4 * x + 2] & 0xff;
        int light = row[from + 4 * x + 3] & 0xff;
        pixels[at + x] = (byte) withBlack(clipped(y + RED_OF_RED[red]), light);
        pixels[at + plane + x] = (byte) withBlack(clipped(y + green(blue, red)), light);
        pixels[at + 2 * plane + x] = (byte) withBlack(clipped(y + BLUE_OF_BLUE[blue]), light);
      }
    }
  };

  /** The tables of libjpeg's jdcolor.c: {@code build_ycc_rgb_table}. */
  private static final int[] RED_OF_RED = new int[256];

  private static final int[] GREEN_OF_RED = new int[256];
  private static final int[] GREEN_OF_BLUE = new int[256];
  private static final int[] BLUE_OF_BLUE = new int[256];

  static {
    int half = 1 << 15;
    for (int i = 0; i < 256; i++) {
      int x = i - 128;
      RED_OF_RED[i] = (91881 * x + half) >> 16;
      GREEN_OF_RED[i] = -46802 * x;
      GREEN_OF_BLUE[i] = -22554 * x + half;
      BLUE_OF_BLUE[i] = (116130 * x + half) >> 16;
    }
  }

  /**
   * Returns the colour space that libjpeg's jdapimin.c chooses: {@code default_decompress_parms}.
   */
  static JpegColours of(JpegFrame frame, boolean jfif, int adobeTransform) {
    return switch (frame.components()) {
      case 1 -> GRAY;
      case 3 -> isRgb(frame.ids(), jfif, adobeTransform) ? RGB : YCBCR;
      default -> adobeTransform == NO_ADOBE || adobeTransform == 0 ? CMYK : YCCK;
    };
  }

  /** The transform of a file that has no Adobe segment. */
  static final int NO_ADOBE = -1;

  private static boolean isRgb(int[] ids, boolean jfif, int adobeTransform) {
    if (jfif) {
      return false;
    }
    return adobeTransform == NO_ADOBE
        ? ids[0] == 'R' && ids[1] == 'G' && ids[2] == 'B'
        : adobeTransform == 0;
  }

  /**
   * Converts one row of interleaved components to three planes.
   *
   * @param from start of the row among the components
   * @param at start of the row in the first plane
   * @param plane length of a plane
   */
  abstract void convert(byte[] row, int from, int width, byte[] pixels, int at, int plane);

  private static int green(int blue, int red) {
    return (GREEN_OF_BLUE[blue] + GREEN_OF_RED[red]) >> 16;
  }

  /** Returns a channel of {@code cmyk2rgb} of Pillow's Convert.c. */
  private static int withBlack(int ink, int light) {
    int product = ink * light + 128;
    return Math.max(0, light - (((product >> 8) + product) >> 8));
  }

  private static int clipped(int value) {
    return Math.max(0, Math.min(255, value));
  }
}
