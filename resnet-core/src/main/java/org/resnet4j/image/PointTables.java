package org.resnet4j.image;

import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;

/**
 * Changes of every byte by a table of 256 entries, equal to those of Pillow's {@code ImageOps} and
 * {@code ImageEnhance}.
 */
final class PointTables {
  private static final int VALUES = 256;
  private static final int MOST = 255;
  private static final int BITS = 8;

  private PointTables() {}

  /** Returns the image after a table for all channels. */
  static Image mapped(Image image, IntUnaryOperator table) {
    byte[] mapped = new byte[image.pixels().length];
    map(image.pixels(), 0, mapped.length, table, mapped);
    return new Image(image.shape(), mapped);
  }

  /** Returns the image after a table for each channel, by its index. */
  static Image mappedByChannel(Image image, IntFunction<IntUnaryOperator> tables) {
    byte[] mapped = new byte[image.pixels().length];
    int plane = plane(image);
    for (int channel = 0; channel < image.shape().channels(); channel++) {
      int begin = channel * plane;
      map(image.pixels(), begin, begin + plane, tables.apply(channel), mapped);
    }
    return new Image(image.shape(), mapped);
  }

  private static int plane(Image image) {
    return image.shape().height() * image.shape().width();
  }

  private static void map(byte[] from, int begin, int end, IntUnaryOperator values, byte[] to) {
    byte[] table = new byte[VALUES];
    for (int i = 0; i < VALUES; i++) {
      table[i] = (byte) values.applyAsInt(i);
    }
    for (int i = begin; i < end; i++) {
      to[i] = table[from[i] & 0xff];
    }
  }

  /** A table of the number of pixels of every value. */
  private interface HistogramTable {
    IntUnaryOperator of(int[] histogram);
  }

  private static Image mappedBy(Image image, HistogramTable tables) {
    int plane = plane(image);
    return mappedByChannel(
        image,
        channel -> tables.of(histogram(image.pixels(), channel * plane, (channel + 1) * plane)));
  }

  private static int[] histogram(byte[] pixels, int begin, int end) {
    int[] histogram = new int[VALUES];
    for (int i = begin; i < end; i++) {
      histogram[pixels[i] & 0xff]++;
    }
    return histogram;
  }

  static Image inverted(Image image) {
    return mapped(image, value -> MOST - value);
  }

  /** Returns the image with values from {@code threshold} on inverted. */
  static Image solarized(Image image, double threshold) {
    return mapped(image, value -> value < threshold ? value : MOST - value);
  }

  /** Returns the image with the upper {@code bits} of every byte, 0 to 8. */
  static Image posterized(Image image, int bits) {
    int mask = -(1 << (BITS - bits));
    return mapped(image, value -> value & mask);
  }

  /** Returns the image whose values are {@code factor} times as bright. */
  static Image brightened(Image image, float factor) {
    return mapped(image, value -> blended(0, value, factor));
  }

  /** Returns the image whose values are {@code factor} times as far from its mean luma. */
  static Image contrasted(Image image, float factor) {
    byte[] gray = new Channels(1).of(image).pixels();
    long sum = 0;
    for (byte pixel : gray) {
      sum += pixel & 0xff;
    }
    int mean = (int) ((double) sum / gray.length + 0.5);
    return mapped(image, value -> blended(mean, value, factor));
  }

  /** Returns the image with the values of each channel stretched to 0 to 255. */
  static Image autoContrasted(Image image) {
    return mappedBy(image, PointTables::stretched);
  }

  private static IntUnaryOperator stretched(int[] histogram) {
    int least = 0;
    int most = MOST;
    while (histogram[least] == 0) {
      least++;
    }
    while (histogram[most] == 0) {
      most--;
    }
    if (most <= least) {
      return IntUnaryOperator.identity();
    }
    double scale = (double) MOST / (most - least);
    double offset = -least * scale;
    return value -> Math.max(0, Math.min(MOST, (int) (value * scale + offset)));
  }

  /** Returns the image with the values of each channel about equally frequent. */
  static Image equalized(Image image) {
    return mappedBy(image, PointTables::uniform);
  }

  private static IntUnaryOperator uniform(int[] histogram) {
    int sum = 0;
    int last = 0;
    for (int count : histogram) {
      sum += count;
      last = count > 0 ? count : last;
    }
    int step = (sum - last) / MOST;
    if (step == 0) {
      return IntUnaryOperator.identity();
    }
    int[] table = new int[VALUES];
    int seen = step / 2;
    for (int value = 0; value < VALUES; value++) {
      table[value] = Math.min(MOST, seen / step);
      seen += histogram[value];
    }
    return value -> table[value];
  }

  /**
   * Returns Pillow's {@code Image.blend}: {@code from} at factor 0, {@code to} at 1, in single
   * precision and rounded down.
   */
  static int blended(int from, int to, float factor) {
    int value = (int) (from + factor * (to - from));
    return Math.max(0, Math.min(MOST, value));
  }
}
