package org.resnet4j.data;

import java.util.ArrayList;
import java.util.List;
import org.resnet4j.image.Image;

/** The number of pixels of each byte value in each channel, from which sums are exact. */
final class ChannelHistogram {
  private long[][] counts = new long[0][];
  private int images;

  /** Adds all pixels of the image at zero-based {@code index} of its source. */
  void add(int index, Image image) {
    int channels = image.shape().channels();
    if (images++ == 0) {
      counts = new long[channels][256];
    }
    if (channels != counts.length) {
      throw new IllegalArgumentException(
          "image %s: expected %s channels like the first but was %s"
              .formatted(index, counts.length, image.shape()));
    }
    int plane = image.pixels().length / channels;
    for (int i = 0; i < image.pixels().length; i++) {
      counts[i / plane][image.pixels()[i] & 0xff]++;
    }
  }

  /** Returns the number of images added. */
  int images() {
    return images;
  }

  /** Returns the mean and the population standard deviation of each channel, pixels in [0, 1]. */
  List<double[]> meansAndStds() {
    List<double[]> results = new ArrayList<>();
    for (long[] channel : counts) {
      double pixels = 0;
      double sum = 0;
      double squares = 0;
      for (int value = 0; value < 256; value++) {
        pixels += channel[value];
        sum += (double) channel[value] * value;
        squares += (double) channel[value] * value * value;
      }
      double mean = sum / pixels;
      double std = Math.sqrt(Math.max(0, squares / pixels - mean * mean));
      results.add(new double[] {mean / 255, std / 255});
    }
    return results;
  }
}
