package org.resnet4j.zoo;

import java.util.List;
import org.resnet4j.data.ChannelStats;
import org.resnet4j.image.Image;

/**
 * The value of a byte at the network's input, {@code (byte / divisor - mean) / std}, in single
 * precision as torchvision and Keras compute it.
 *
 * @param order of the network's channels
 * @param mean in the network's order, one for all or one for each channel
 * @param std one for each mean, all positive
 */
public record Normalization(Order order, double divisor, List<Double> mean, List<Double> std) {
  /** The normalisation of torchvision's weights and of most others. */
  public static final Normalization TORCHVISION = of(ChannelStats.IMAGENET);

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

  /** Returns the normalisation that training with {@code stats} applies. */
  public static Normalization of(ChannelStats stats) {
    return new Normalization(Order.RED_GREEN_BLUE, 255, stats.mean(), stats.std());
  }

  /**
   * Returns the same normalisation as statistics of pixels in [0, 1], for training batches.
   *
   * @throws IllegalArgumentException when the order is BGR: batches are RGB
   */
  public ChannelStats stats() {
    if (order != Order.RED_GREEN_BLUE) {
      throw new IllegalArgumentException(
          "pixel values: expected RGB order, as in batches, but was BGR; train with weights of torchvision or timm");
    }
    double scale = divisor / 255;
    return new ChannelStats(
        "weights",
        "what the weights expect",
        mean.stream().map(value -> value * scale).toList(),
        std.stream().map(value -> value * scale).toList());
  }

  /** Writes the normalised {@code image} from {@code to[at]} on, channel by channel. */
  void write(Image image, float[] to, int at) {
    byte[] pixels = image.pixels();
    int channels = image.shape().channels();
    int plane = pixels.length / channels;
    for (int channel = 0; channel < channels; channel++) {
      float[] values = values(channel);
      int from = (order == Order.BLUE_GREEN_RED ? channels - 1 - channel : channel) * plane;
      for (int i = 0; i < plane; i++) {
        to[at++] = values[pixels[from + i] & 0xff];
      }
    }
  }

  /** Returns the normalised value of every byte of the channel. */
  private float[] values(int channel) {
    float[] values = new float[256];
    int index = Math.min(channel, mean.size() - 1);
    for (int value = 0; value < values.length; value++) {
      values[value] =
          (value / (float) divisor - mean.get(index).floatValue()) / std.get(index).floatValue();
    }
    return values;
  }
}
