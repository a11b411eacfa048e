package org.resnet4j.arch;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The size of one example: {@code [channels, height, width]}, or {@code [n, 1, 1]} for a plain
 * vector.
 */
public record Shape(int channels, int height, int width) {
  private static final Pattern TEXT = Pattern.compile("(\\d{1,6})(?:x(\\d{1,6})x(\\d{1,6}))?");

  public Shape {
    if (channels < 1 || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "shape: expected at least 1 in every dimension but was " + text(channels, height, width));
    }
  }

  /** Returns the shape of a vector of {@code features} values. */
  public static Shape vector(int features) {
    return new Shape(features, 1, 1);
  }

  /** Parses {@code CxHxW}, for example {@code 3x224x224}, or one number for a vector. */
  public static Shape parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "shape: expected CxHxW, for example 3x224x224, or one number of features but was \""
              + text
              + "\"");
    }
    int channels = Integer.parseInt(matcher.group(1));
    return matcher.group(2) == null
        ? vector(channels)
        : new Shape(
            channels, Integer.parseInt(matcher.group(2)), Integer.parseInt(matcher.group(3)));
  }

  /** Returns the number of values. */
  public long size() {
    return (long) channels * height * width;
  }

  /** Returns whether this is a plain vector. */
  public boolean isVector() {
    return height == 1 && width == 1;
  }

  /** Returns this shape with {@code newChannels} channels. */
  public Shape withChannels(int newChannels) {
    return new Shape(newChannels, height, width);
  }

  /** Returns this shape with {@code edge} more pixels on every side. */
  Shape withEdges(int edge) {
    return new Shape(channels, height + 2 * edge, width + 2 * edge);
  }

  /**
   * Returns the shape after a window of {@code kernel}² with equal {@code padding} on all sides;
   * sizes are rounded down.
   */
  Shape slide(int kernel, int stride, int padding) {
    return new Shape(
        channels, slide(height, kernel, stride, padding), slide(width, kernel, stride, padding));
  }

  private static int slide(int size, int kernel, int stride, int padding) {
    return (size + 2 * padding - kernel) / stride + 1;
  }

  /** Returns this shape with both sides halved, rounding up. */
  Shape halved() {
    return new Shape(channels, (height + 1) / 2, (width + 1) / 2);
  }

  private static String text(int channels, int height, int width) {
    return channels + "x" + height + "x" + width;
  }

  @Override
  public String toString() {
    return text(channels, height, width);
  }
}
