package org.resnet4j.image;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
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

  private static final int MOST_CHANNELS = 3;

  private static final Map<String, Normalization> NAMED = named();

  /** The order of three channels. */
  public enum Order {
    RED_GREEN_BLUE,
    BLUE_GREEN_RED
  }

  public Normalization {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    if (mean.isEmpty()
        || mean.size() > MOST_CHANNELS
        || mean.size() != std.size()
        || !(divisor > 0)
        || !std.stream().allMatch(value -> value > 0)) {
      throw new IllegalArgumentException(
          "pixel values: expected one mean and one positive std a channel but they were %s and %s, with the divisor %s"
              .formatted(mean, std, divisor));
    }
    for (int channel = 0; channel < mean.size(); channel++) {
      double m = mean.get(channel);
      double s = std.get(channel);
      if (!Float.isFinite(normalized(0, divisor, m, s))
          || !Float.isFinite(normalized(255, divisor, m, s))) {
        throw new IllegalArgumentException(
            "pixel values: expected statistics that give finite numbers of 32 bits but mean, std and divisor were %s, %s and %s"
                .formatted(m, s, divisor));
      }
    }
  }

  /**
   * Returns the normalisation of pixels in [0, 1], red first: {@code (byte / 255 - mean) / std}.
   */
  public static Normalization rgb(List<Double> mean, List<Double> std) {
    return new Normalization(Order.RED_GREEN_BLUE, 255, mean, std);
  }

  private static Map<String, Normalization> named() {
    Map<String, Normalization> named = new LinkedHashMap<>();
    named.put("torchvision", TORCHVISION);
    named.put("imagenet", TORCHVISION);
    named.put("caffe", CAFFE);
    named.put("tf", TENSORFLOW);
    named.put("inception", INCEPTION);
    named.put("unit", UNIT);
    return named;
  }

  /**
   * Returns a known normalisation: {@code torchvision} or {@code imagenet}, {@code caffe}, {@code
   * tf}, {@code inception}, or {@code unit} for pixels in [0, 1].
   *
   * @throws IllegalArgumentException when there is none of that name
   */
  public static Normalization byName(String name) {
    Normalization found = NAMED.get(name.toLowerCase(Locale.ROOT));
    if (found == null) {
      throw new IllegalArgumentException(
          "normalisation: expected one of "
              + String.join(", ", NAMED.keySet())
              + " but was \""
              + name
              + "\"");
    }
    return found;
  }

  /**
   * Returns the normalisation of statistics as publishers write them: {@code "0.485,0.456,0.406"}
   * for pixels in [0, 1], or {@code "103.939,116.779,123.68"} for bytes. A value above 1 in either
   * list means bytes.
   *
   * @param mean one for all channels or one for each, in the network's order
   * @param std as {@code mean}; one is enough for several means
   * @param order {@code rgb} or {@code bgr}
   * @throws IllegalArgumentException when a text is no such list or order
   */
  public static Normalization parse(String mean, String std, String order) {
    List<Double> means = numbers("mean", mean);
    List<Double> stds = numbers("std", std);
    if (stds.size() == 1) {
      stds = Collections.nCopies(means.size(), stds.get(0));
    } else if (means.size() == 1) {
      means = Collections.nCopies(stds.size(), means.get(0));
    }
    boolean bytes = Stream.concat(means.stream(), stds.stream()).anyMatch(value -> value > 1);
    return new Normalization(order(order), bytes ? 1 : 255, means, stds);
  }

  private static Order order(String order) {
    return switch (order.toLowerCase(Locale.ROOT)) {
      case "rgb" -> Order.RED_GREEN_BLUE;
      case "bgr" -> Order.BLUE_GREEN_RED;
      default ->
          throw new IllegalArgumentException(
              "channel order: expected rgb or bgr but was \"" + order + "\"");
    };
  }

  private static List<Double> numbers(String what, String text) {
    try {
      List<Double> numbers =
          Arrays.stream(text.split(",", -1)).map(String::strip).map(Double::valueOf).toList();
      if ((numbers.size() == 1 || numbers.size() == MOST_CHANNELS)
          && numbers.stream().allMatch(Double::isFinite)) {
        return numbers;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(unlike(what, text), e);
    }
    throw new IllegalArgumentException(unlike(what, text));
  }

  private static String unlike(String what, String text) {
    return what
        + ": expected one number or three with commas between, for example 0.485,0.456,0.406, but"
        + " was \""
        + text
        + "\"";
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

  private static float normalized(int value, double divisor, double mean, double std) {
    return (value / (float) divisor - (float) mean) / (float) std;
  }

  /** Returns the normalised value of every byte, {@code table[channel of the network][byte]}. */
  public float[][] table(int channels) {
    float[][] table = new float[channels][256];
    for (int channel = 0; channel < channels; channel++) {
      int index = Math.min(channel, mean.size() - 1);
      for (int value = 0; value < 256; value++) {
        table[channel][value] = normalized(value, divisor, mean.get(index), std.get(index));
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
