package org.resnet4j.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.ArchitectureBuilder;
import org.resnet4j.arch.Shape;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The value of {@code --input}: {@code 224}, {@code 224x160} or {@code 3x224x160}.
 *
 * @param channels null for those of the model
 * @param single whether one number was given: a side of a square, or the length of a vector
 */
record InputSize(@Nullable Integer channels, int height, int width, boolean single) {
  private static final Pattern TEXT =
      Pattern.compile("([0-9]{1,6})(?:[x×]([0-9]{1,6}))?(?:[x×]([0-9]{1,6}))?");

  /** The largest number of channels of an image. */
  private static final int MOST_CHANNELS = 4;

  static final String LABEL = "SIZE";

  /** Parses one to three numbers. */
  static InputSize parse(String text) {
    Matcher matcher = TEXT.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw refused(text, "");
    }
    int first = Integer.parseInt(matcher.group(1));
    int second = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
    if (first < 1 || second < 1) {
      throw refused(text, "");
    }
    if (matcher.group(3) == null) {
      return new InputSize(null, first, second, matcher.group(2) == null);
    }
    int third = Integer.parseInt(matcher.group(3));
    if (third < 1) {
      throw refused(text, "");
    }
    if (third <= MOST_CHANNELS && first > MOST_CHANNELS && second > MOST_CHANNELS) {
      throw refused(text, "; channels come first: %sx%sx%s".formatted(third, first, second));
    }
    return new InputSize(first, second, third, false);
  }

  private static IllegalArgumentException refused(String text, String advice) {
    return new IllegalArgumentException(
        "expected a side such as 224, height and width such as 224x160, or channels, height and"
            + " width such as 3x224x160 but was '"
            + text
            + "'"
            + advice);
  }

  /** Returns the shape for a model whose input is {@code usual}. */
  Shape of(Shape usual) {
    return single && usual.isVector()
        ? Shape.vector(height)
        : new Shape(channels == null ? usual.channels() : channels, height, width);
  }

  /** Changes the input of an architecture to this size. */
  ArchitectureBuilder on(ArchitectureBuilder arch) {
    return arch.input(of(arch.input()));
  }

  static final class Converter implements ITypeConverter<InputSize> {
    @Override
    public InputSize convert(String text) {
      try {
        return parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** Converts the size of an image; it has three channels unless others are given. */
  static final class ShapeConverter implements ITypeConverter<Shape> {
    private static final Shape COLOUR = new Shape(3, 224, 224);

    @Override
    public Shape convert(String text) {
      return new Converter().convert(text).of(COLOUR);
    }
  }
}
