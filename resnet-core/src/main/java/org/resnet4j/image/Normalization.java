package org.resnet4j.image;

import java.util.List;
import org.resnet4j.arch.Shape;

/**
 * The value of a byte at the network's input, {@code (byte / divisor - mean) / std}, in single
 * precision as torchvision and Keras compute it.
 *
 * @param order of the network's channels
 * @param mean in the network's order, one for all or one for each channel
 * @param std one for each mean, all positive
 */
public record Normalization(Order order, double divisor, List<Double> mean, List<Double> std) {
  /** Pixels in [0, 1]. */
  public static final Normalization UNIT = rgb(List.of(0.0), List.of(1.0));

  /** The normalisation of torchvision's weights and of most others. */
  public static final Normalization TORCHVISION =
      rgb(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));

  /**
   * The normalisation of {@code keras.applications.imagenet_utils.preprocess_input}, mode "caffe".
   */
  public static final Normalization CAFFE =
      new Normalization(
          Order.BLUE_GREEN_RED, 1, List.of(103.939, 116.779, 123.68), List.of(1.0, 1.0, 1.0));

  /** The normalisation of the same function, mode "tf": values from -1 to 1. */
  public static final Normalization TENSORFLOW =
      new Normalization(Order.RED_GREEN_BLUE, 127.5, List.of(1.0), List.of(1.0));

  /**
   * The normalisation of timm's {@code IMAGENET_INCEPTION_MEAN} and {@code …_STD}, equal to {@link
   * #TENSORFLOW} in other units.
   */
  public static final Normalization INCEPTION =
      new Normalization(Order.RED_GREEN_BLUE, 255, List.of(0.5), List.of(0.5));

  /** The order of three channels. */
  public enum Order {
    RED_GREEN_BLUE,
    BLUE_GREEN_RED
  }

  public Normalization {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    if (mean.isEmpty()
        || mean.size() != std.size()
        || !(divisor > 0)
        || !mean.stream().allMatch(Double::isFinite)
        || !std.stream().allMatch(value -> value > 0 && Double.isFinite(value))) {
      throw new IllegalArgumentException(
          "pixel values: expected one mean and one positive std a channel but they were %s and %s, with the divisor %s"
              .formatted(mean, std, divisor));
    }
  }

  /**
   * Returns the normalisation of pixels in [0, 1], red first: {@code (byte / 255 - mean) / std}.
   */
  public static Normalization rgb(List<Double> mean, List<Double> std) {
    return new Normalization(Order.RED_GREEN_BLUE, 255, mean, std);
  }

  /** Refuses images of another number of channels. */
  void require(Shape shape) {
    int expected = order == Order.BLUE_GREEN_RED ? 3 : mean.size();
    if (expected > 1 && shape.channels() != expected) {
      throw new IllegalArgumentException(
          "normalisation by mean %s: expected images of %s channels but they are %s; choose other statistics"
              .formatted(mean, expected, shape));
    }
  }

  /** Returns the normalised value of every byte, {@code table[channel of the network][byte]}. */
  public float[][] table(int channels) {
    float[][] table = new float[channels][256];
    for (int channel = 0; channel < channels; channel++) {
      int index = Math.min(channel, mean.size() - 1);
      for (int value = 0; value < 256; value++) {
        table[channel][value] =
            (value / (float) divisor - mean.get(index).floatValue()) / std.get(index).floatValue();
      }
    }
    return table;
  }

  /**
   * Writes {@code image} channel by channel in the network's order.
   *
   * @param table of {@link #table}
   */
  public void write(Image image, float[][] table, float[] to) {
    byte[] pixels = image.pixels();
    int channels = image.shape().channels();
    int plane = pixels.length / channels;
    for (int channel = 0; channel < channels; channel++) {
      float[] values = table[channel];
      int from = (order == Order.BLUE_GREEN_RED ? channels - 1 - channel : channel) * plane;
      for (int i = 0; i < plane; i++) {
        to[channel * plane + i] = values[pixels[from + i] & 0xff];
      }
    }
  }
}
