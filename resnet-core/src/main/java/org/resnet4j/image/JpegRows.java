package org.resnet4j.image;

import java.awt.image.DataBufferByte;
import java.awt.image.Raster;

/**
 * Interpolates between the rows of a component that has every second one, as {@code
 * h1v2_fancy_upsample} of libjpeg-turbo's jdsample.c. Such components occur in 4:4:0 files, which
 * are turned 4:2:2 images.
 *
 * <p>The libjpeg 6b in most builds of Java doubles such rows; the libjpeg-turbo that other builds
 * link interpolates them. Pairs of equal rows show that rows were doubled: interpolation yields
 * such pairs only where doubling would give the same pixels.
 */
final class JpegRows {
  private JpegRows() {}

  /** Interpolates {@code component} if its rows are doubled. */
  static void interpolate(Raster raster, int component) {
    byte[] samples = ((DataBufferByte) raster.getDataBuffer()).getData();
    int step = raster.getNumBands();
    int width = raster.getWidth();
    int stride = step * width;
    if (!areDoubled(samples, component, step, stride, raster.getHeight())) {
      return;
    }
    byte[] above = new byte[width];
    for (int y = 0; y < raster.getHeight(); y += 2) {
      int at = y * stride + component;
      int below = y + 2 < raster.getHeight() ? 2 * stride : 0;
      for (int x = 0; x < width; x++, at += step) {
        int here = samples[at] & 0xff;
        int before = y == 0 ? here : above[x] & 0xff;
        above[x] = (byte) here;
        if (y + 1 < raster.getHeight()) {
          samples[at + stride] = (byte) ((3 * here + (samples[at + below] & 0xff) + 2) >> 2);
        }
        samples[at] = (byte) ((3 * here + before + 1) >> 2);
      }
    }
  }

  private static boolean areDoubled(
      byte[] samples, int component, int step, int stride, int height) {
    for (int y = 0; y + 1 < height; y += 2) {
      for (int at = y * stride + component; at < (y + 1) * stride; at += step) {
        if (samples[at] != samples[at + stride]) {
          return false;
        }
      }
    }
    return true;
  }
}
