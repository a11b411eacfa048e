package org.resnet4j.image;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.resnet4j.arch.Shape;

/**
 * The way in which an image of any size becomes one of the network's size. Pixels equal Pillow's
 * and torchvision's. A side of an image may have any length, because only the pixels of the result
 * are computed.
 *
 * @param kind what is kept of an image
 * @param resize length of the shorter side before a crop, in pixels; 0 without one
 * @param colour red, green and blue around a padded image, 0 to 255; empty without padding
 * @param interpolation filter of the resize
 */
public record Fit(Kind kind, int resize, List<Integer> colour, Interpolation interpolation) {
  private static final List<Integer> BLACK = List.of(0, 0, 0);
  private static final double USUAL_SHARE = 0.875;
  private static final Pattern TEXT =
      Pattern.compile(
          "(exact|stretch)|crop(?::(\\d{1,4})|:([01]?\\.\\d{1,9}))?|pad(?::(\\p{XDigit}{6}))?");

  /** The part of an image that a fit keeps. */
  public enum Kind {
    /** All of an image that has the network's size already; others are refused. */
    EXACT,
    /** All of the image, with both sides resized to the network's; proportions change. */
    STRETCH,
    /** The middle of the image, after it is resized to cover the crop and a margin around it. */
    CENTER_CROP,
    /** All of the image in its proportions, in the middle of a background of one colour. */
    PAD
  }

  public Fit {
    colour = List.copyOf(colour);
    if (resize < 0 || resize > Resize.MOST_SIDE || (kind == Kind.CENTER_CROP) != (resize > 0)) {
      throw new IllegalArgumentException(
          "fit %s: expected a shorter side of 1 to %s pixels for a crop, and 0 without, but was %s"
              .formatted(kind, Resize.MOST_SIDE, resize));
    }
    if (colour.size() != (kind == Kind.PAD ? 3 : 0)
        || !colour.stream().allMatch(value -> value >= 0 && value <= 255)) {
      throw new IllegalArgumentException(
          "fit %s: expected red, green and blue from 0 to 255 for padding, and none without, but was %s"
              .formatted(kind, colour));
    }
    if (kind == Kind.EXACT) {
      interpolation = Interpolation.BILINEAR; // unused; fits without a resize are equal
    }
  }

  /** Returns the fit of images that have the network's size already. */
  public static Fit exact() {
    return new Fit(Kind.EXACT, 0, List.of(), Interpolation.BILINEAR);
  }

  /** Returns the fit that resizes both sides to the network's. */
  public static Fit stretch(Interpolation interpolation) {
    return new Fit(Kind.STRETCH, 0, List.of(), interpolation);
  }

  /**
   * Returns the fit that resizes the shorter side to {@code resize} and crops the middle. It equals
   * torchvision's {@code Resize(resize)} and {@code CenterCrop}.
   *
   * <p>A rectangular input of height H and width W is the middle of a frame in the same
   * proportions, whose shorter side is {@code resize}. The image is resized by the smallest factor
   * with which it covers that frame, so that no side of the crop is padded. It equals {@code
   * Resize((h, w))} and {@code CenterCrop((H, W))} with those sides, rounded down.
   *
   * @param resize less than the network's shorter side pads the image with black
   */
  public static Fit centerCrop(int resize, Interpolation interpolation) {
    return new Fit(Kind.CENTER_CROP, resize, List.of(), interpolation);
  }

  /**
   * Returns the fit whose crop has {@code share} of the resized image's shorter side, which is
   * rounded down.
   *
   * @param output shape of the network's input
   * @param share in (0, 1]
   */
  public static Fit centerCrop(Shape output, double share, Interpolation interpolation) {
    int shorter = Math.min(output.height(), output.width());
    return centerCrop((int) (shorter / share), interpolation);
  }

  /** Returns the fit that puts all of the image, in its proportions, on black. */
  public static Fit pad(Interpolation interpolation) {
    return pad(BLACK, interpolation);
  }

  /**
   * Returns the fit that puts all of the image, in its proportions, on a colour. It equals Pillow's
   * {@code ImageOps.pad}.
   *
   * @param colour red, green and blue, 0 to 255
   */
  public static Fit pad(List<Integer> colour, Interpolation interpolation) {
    return new Fit(Kind.PAD, 0, colour, interpolation);
  }

  /**
   * Returns the fit for a text: {@code exact}, {@code stretch}, {@code pad} on black, {@code
   * pad:808080} on a colour in hexadecimal, {@code crop:256} with the shorter side before the crop
   * in pixels, or {@code crop:0.875} with the network's share of it, rounded down. {@code crop}
   * means {@code crop:0.875}.
   *
   * @param output shape of the network's input
   * @throws IllegalArgumentException when the text is none of these
   */
  public static Fit parse(String text, Shape output, Interpolation interpolation) {
    Matcher matcher = TEXT.matcher(text.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw refused(text);
    }
    if (matcher.group(1) != null) {
      return matcher.group(1).equals("exact") ? exact() : stretch(interpolation);
    }
    if (text.charAt(0) == 'p' || text.charAt(0) == 'P') {
      int colour = matcher.group(4) == null ? 0 : Integer.parseInt(matcher.group(4), 16);
      return pad(List.of(colour >> 16, (colour >> 8) & 0xff, colour & 0xff), interpolation);
    }
    if (matcher.group(2) != null) {
      return centerCrop(Integer.parseInt(matcher.group(2)), interpolation);
    }
    double share = matcher.group(3) == null ? USUAL_SHARE : Double.parseDouble(matcher.group(3));
    if (!(share > 0 && share <= 1)) {
      throw refused(text);
    }
    return centerCrop(output, share, interpolation);
  }

  /** Returns the text that {@link #parse} takes, with the filter. */
  @Override
  public String toString() {
    String filter = " " + interpolation.name().toLowerCase(Locale.ROOT);
    return switch (kind) {
      case EXACT -> "exact";
      case STRETCH -> "stretch" + filter;
      case CENTER_CROP -> "crop:" + resize + filter;
      case PAD ->
          String.format(
              Locale.ROOT,
              "pad:%02x%02x%02x%s",
              colour.get(0),
              colour.get(1),
              colour.get(2),
              filter);
    };
  }

  private static IllegalArgumentException refused(String text) {
    return new IllegalArgumentException(
        "fit: expected exact, stretch, pad, pad:RRGGBB, crop:N with the shorter side in pixels, or"
            + " crop:0.875 with the share of it that is kept, but was \""
            + text
            + "\"");
  }

  /** Returns this fit with another filter. */
  public Fit with(Interpolation other) {
    return new Fit(kind, resize, colour, other);
  }

  /** Returns the fit for an output of another side that keeps the same part of images. */
  Fit scaled(Shape output, int side) {
    return switch (kind) {
      case EXACT -> stretch(Interpolation.BILINEAR);
      case CENTER_CROP ->
          centerCrop(
              Math.max(
                  side,
                  Math.round((float) resize * side / Math.min(output.height(), output.width()))),
              interpolation);
      case STRETCH, PAD -> this;
    };
  }

  Image apply(Image image, int height, int width) {
    return switch (kind) {
      case EXACT -> exact(image, height, width);
      case STRETCH -> new Resize(height, width, interpolation).apply(image);
      case CENTER_CROP -> cropped(image, height, width);
      case PAD -> padded(image, height, width);
    };
  }

  private static Image exact(Image image, int height, int width) {
    Shape shape = image.shape();
    if (shape.height() != height || shape.width() != width) {
      throw new IllegalArgumentException(
          "expected an image of %sx%s pixels but it has %sx%s; choose a fit that resizes"
              .formatted(height, width, shape.height(), shape.width()));
    }
    return image;
  }

  private Image cropped(Image image, int height, int width) {
    Shape from = image.shape();
    int shorter = Math.min(height, width);
    long frameHeight = (long) resize * height / shorter;
    long frameWidth = (long) resize * width / shorter;
    boolean byHeight = frameHeight * from.width() >= frameWidth * from.height();
    int down = scaled(byHeight, frameHeight, from.height(), frameWidth, from.width());
    int across = scaled(!byHeight, frameWidth, from.width(), frameHeight, from.height());
    Resize.Part part =
        new Resize.Part(
            Math.max(0, CenterCrop.start(down, height)),
            Math.max(0, CenterCrop.start(across, width)),
            Math.min(down, height),
            Math.min(across, width));
    return new CenterCrop(height, width).of(Resize.part(image, down, across, interpolation, part));
  }

  /** Returns the length of a side of the resized image. */
  private static int scaled(boolean bySide, long frame, int side, long otherFrame, int other) {
    return (int) Math.min(Integer.MAX_VALUE, bySide ? frame : otherFrame * side / other);
  }

  /** Returns {@code ImageOps.pad}: proportions of 64 bits, halves rounded to the even side. */
  private Image padded(Image image, int height, int width) {
    Shape from = image.shape();
    double ratio = (double) from.width() / from.height();
    double wanted = (double) width / height;
    int down = height;
    int across = width;
    if (ratio > wanted) {
      down = (int) Math.rint((double) from.height() / from.width() * width);
    } else if (ratio < wanted) {
      across = (int) Math.rint((double) from.width() / from.height() * height);
    }
    down = Math.max(1, Math.min(height, down));
    across = Math.max(1, Math.min(width, across));
    int top = (int) Math.rint((height - down) * 0.5);
    int left = (int) Math.rint((width - across) * 0.5);
    Image resized = new Resize(down, across, interpolation).apply(image);
    return CenterCrop.placed(resized, height, width, -top, -left, background(from.channels()));
  }

  private byte[] background(int channels) {
    byte[] pixel = new byte[3];
    for (int channel = 0; channel < 3; channel++) {
      pixel[channel] = colour.get(channel).byteValue();
    }
    return new Channels(channels).of(new Image(new Shape(3, 1, 1), pixel)).pixels();
  }
}
