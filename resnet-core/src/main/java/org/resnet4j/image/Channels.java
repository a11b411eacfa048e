package org.resnet4j.image;

import java.util.Arrays;
import org.resnet4j.arch.Shape;

/**
 * A conversion of gray into colour by repetition, and of colour into gray with Pillow's integer
 * form of ITU-R 601-2 luma.
 *
 * @param count 1 or 3
 */
record Channels(int count) {
  Channels {
    if (count != 1 && count != 3) {
      throw new IllegalArgumentException("channels: expected 1 or 3 but was " + count);
    }
  }

  Image of(Image image) {
    Shape shape = image.shape();
    if (shape.channels() == count) {
      return image;
    }
    if (shape.channels() != 1 && shape.channels() != 3) {
      throw new IllegalArgumentException("channels: expected an image of 1 or 3 but was " + shape);
    }
    return new Image(
        shape.withChannels(count), count == 1 ? gray(image.pixels()) : repeated(image.pixels()));
  }

  private static byte[] repeated(byte[] gray) {
    byte[] pixels = Arrays.copyOf(gray, Math.multiplyExact(gray.length, 3));
    System.arraycopy(gray, 0, pixels, gray.length, gray.length);
    System.arraycopy(gray, 0, pixels, 2 * gray.length, gray.length);
    return pixels;
  }

  private static byte[] gray(byte[] pixels) {
    int plane = pixels.length / 3;
    byte[] gray = new byte[plane];
    for (int i = 0; i < plane; i++) {
      int red = pixels[i] & 0xff;
      int green = pixels[plane + i] & 0xff;
      int blue = pixels[2 * plane + i] & 0xff;
      gray[i] = (byte) ((red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16);
    }
    return gray;
  }
}
