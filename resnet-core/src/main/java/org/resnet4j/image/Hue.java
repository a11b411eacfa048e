package org.resnet4j.image;

/**
 * A shift of hues by way of Pillow's HSV bytes, equal to torchvision's {@code adjust_hue} of a PIL
 * image. Conversions round, so that a shift of 0 changes pixels too.
 */
final class Hue {
  private static final int MOST = 255;

  /** The arcs of the colour circle, from red over yellow and green to magenta. */
  private static final int ARCS = 6;

  private Hue() {}

  /**
   * Returns the image with hues shifted; gray images are left alone.
   *
   * @param factor share of the whole circle, -0.5 to 0.5
   */
  static Image shifted(Image image, double factor) {
    if (image.shape().channels() == 1) {
      return image;
    }
    int shift = (int) (factor * MOST);
    byte[] pixels = image.pixels();
    byte[] shifted = new byte[pixels.length];
    int plane = pixels.length / 3;
    for (int i = 0; i < plane; i++) {
      int red = pixels[i] & 0xff;
      int green = pixels[plane + i] & 0xff;
      int blue = pixels[2 * plane + i] & 0xff;
      int most = Math.max(red, Math.max(green, blue));
      int range = most - Math.min(red, Math.min(green, blue));
      int saturation = range == 0 ? 0 : (int) ((float) range / most * (double) MOST);
      if (saturation == 0) {
        shifted[i] = (byte) most;
        shifted[plane + i] = (byte) most;
        shifted[2 * plane + i] = (byte) most;
      } else {
        int hue = hue(red, green, blue, most, range) + shift & 0xff;
        write(hue, saturation / (float) MOST, most, shifted, i, plane);
      }
    }
    return new Image(image.shape(), shifted);
  }

  /** Returns the hue from 0 for red to 255 for red again. */
  private static int hue(int red, int green, int blue, int most, int range) {
    float toRed = (most - red) / (float) range;
    float toGreen = (most - green) / (float) range;
    float toBlue = (most - blue) / (float) range;
    float arcs;
    if (red == most) {
      arcs = toBlue - toGreen;
    } else if (green == most) {
      arcs = (float) (2.0 + toRed - toBlue);
    } else {
      arcs = (float) (4.0 + toGreen - toRed);
    }
    double turns = arcs / (double) ARCS + 1;
    float share = (float) (turns >= 1 ? turns - 1 : turns);
    return (int) (share * (double) MOST);
  }

  private static void write(
      int hue, float saturation, int value, byte[] pixels, int red, int plane) {
    int arc = hue * ARCS / MOST;
    float place = (float) (hue * (double) ARCS / MOST - arc);
    byte most = (byte) value;
    byte least = rounded(value * (1.0 - saturation));
    byte falling = rounded(value * (1.0 - (double) (saturation * place)));
    byte rising = rounded(value * (1.0 - saturation * (1.0 - place)));
    int green = red + plane;
    int blue = green + plane;
    switch (arc % ARCS) {
      case 0 -> set(pixels, red, most, green, rising, blue, least);
      case 1 -> set(pixels, red, falling, green, most, blue, least);
      case 2 -> set(pixels, red, least, green, most, blue, rising);
      case 3 -> set(pixels, red, least, green, falling, blue, most);
      case 4 -> set(pixels, red, rising, green, least, blue, most);
      default -> set(pixels, red, most, green, least, blue, falling);
    }
  }

  private static void set(
      byte[] pixels, int red, byte redValue, int green, byte greenValue, int blue, byte blueValue) {
    pixels[red] = redValue;
    pixels[green] = greenValue;
    pixels[blue] = blueValue;
  }

  private static byte rounded(double value) {
    return (byte) (int) (value + 0.5);
  }
}
