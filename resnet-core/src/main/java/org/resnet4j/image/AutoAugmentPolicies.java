package org.resnet4j.image;

import java.util.Arrays;
import java.util.List;

/**
 * The pairs of operations that AutoAugment learned, from the paper's tables 7 and 9 as torchvision
 * 0.14 has them.
 */
final class AutoAugmentPolicies {
  /** Operation, probability, magnitude from 0 to 9 where there is one; twice. */
  static final List<List<Choice>> IMAGENET =
      parsed(
          """
          POSTERIZE 0.4 8 | ROTATE 0.6 9
          SOLARIZE 0.6 5 | AUTO_CONTRAST 0.6
          EQUALIZE 0.8 | EQUALIZE 0.6
          POSTERIZE 0.6 7 | POSTERIZE 0.6 6
          EQUALIZE 0.4 | SOLARIZE 0.2 4
          EQUALIZE 0.4 | ROTATE 0.8 8
          SOLARIZE 0.6 3 | EQUALIZE 0.6
          POSTERIZE 0.8 5 | EQUALIZE 1.0
          ROTATE 0.2 3 | SOLARIZE 0.6 8
          EQUALIZE 0.6 | POSTERIZE 0.4 6
          ROTATE 0.8 8 | COLOR 0.4 0
          ROTATE 0.4 9 | EQUALIZE 0.6
          EQUALIZE 0.0 | EQUALIZE 0.8
          INVERT 0.6 | EQUALIZE 1.0
          COLOR 0.6 4 | CONTRAST 1.0 8
          ROTATE 0.8 8 | COLOR 1.0 2
          COLOR 0.8 8 | SOLARIZE 0.8 7
          SHARPNESS 0.4 7 | INVERT 0.6
          SHEAR_X 0.6 5 | EQUALIZE 1.0
          COLOR 0.4 0 | EQUALIZE 0.6
          EQUALIZE 0.4 | SOLARIZE 0.2 4
          SOLARIZE 0.6 5 | AUTO_CONTRAST 0.6
          INVERT 0.6 | EQUALIZE 1.0
          COLOR 0.6 4 | CONTRAST 1.0 8
          EQUALIZE 0.8 | EQUALIZE 0.6
          """);

  static final List<List<Choice>> CIFAR10 =
      parsed(
          """
          INVERT 0.1 | CONTRAST 0.2 6
          ROTATE 0.7 2 | TRANSLATE_X 0.3 9
          SHARPNESS 0.8 1 | SHARPNESS 0.9 3
          SHEAR_Y 0.5 8 | TRANSLATE_Y 0.7 9
          AUTO_CONTRAST 0.5 | EQUALIZE 0.9
          SHEAR_Y 0.2 7 | POSTERIZE 0.3 7
          COLOR 0.4 3 | BRIGHTNESS 0.6 7
          SHARPNESS 0.3 9 | BRIGHTNESS 0.7 9
          EQUALIZE 0.6 | EQUALIZE 0.5
          CONTRAST 0.6 7 | SHARPNESS 0.6 5
          COLOR 0.7 7 | TRANSLATE_X 0.5 8
          EQUALIZE 0.3 | AUTO_CONTRAST 0.4
          TRANSLATE_Y 0.4 3 | SHARPNESS 0.2 6
          BRIGHTNESS 0.9 6 | COLOR 0.2 8
          SOLARIZE 0.5 2 | INVERT 0.0
          EQUALIZE 0.2 | AUTO_CONTRAST 0.6
          EQUALIZE 0.2 | EQUALIZE 0.6
          COLOR 0.9 9 | EQUALIZE 0.6
          AUTO_CONTRAST 0.8 | SOLARIZE 0.2 8
          BRIGHTNESS 0.1 3 | COLOR 0.7 0
          SOLARIZE 0.4 5 | AUTO_CONTRAST 0.9
          TRANSLATE_Y 0.9 9 | TRANSLATE_Y 0.7 9
          AUTO_CONTRAST 0.9 | SOLARIZE 0.8 3
          EQUALIZE 0.8 | INVERT 0.1
          TRANSLATE_Y 0.7 9 | AUTO_CONTRAST 0.9
          """);

  /**
   * An operation of a pair.
   *
   * @param bin zero-based place in a table of 10 magnitudes
   */
  record Choice(ImageOperation operation, double probability, int bin) {}

  private AutoAugmentPolicies() {}

  private static List<List<Choice>> parsed(String table) {
    return table
        .lines()
        .map(
            line ->
                Arrays.stream(line.split(" \\| ", -1)).map(AutoAugmentPolicies::choice).toList())
        .toList();
  }

  private static Choice choice(String text) {
    String[] words = text.split(" ", -1);
    return new Choice(
        ImageOperation.valueOf(words[0]),
        Double.parseDouble(words[1]),
        words.length > 2 ? Integer.parseInt(words[2]) : 0);
  }
}
