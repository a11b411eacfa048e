package org.resnet4j.image;

import java.util.List;

/** The ranges that fields of several augmentations share. */
final class Requirements {
  private Requirements() {}

  static void probability(String what, double probability) {
    if (!(probability > 0 && probability <= 1)) {
      throw new IllegalArgumentException(
          what + ": expected a probability above 0 and at most 1 but was " + probability);
    }
  }

  static void between(String what, int least, int most, int value) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s of %s to %s but was %s".formatted(what, least, most, value));
    }
  }

  /** Returns one byte for all channels, or red, green and blue. */
  static List<Integer> fill(String what, List<Integer> fill) {
    if ((fill.size() != 1 && fill.size() != 3)
        || fill.stream().anyMatch(value -> value < 0 || value > 255)) {
      throw new IllegalArgumentException(
          what
              + ": expected a fill of one value or of red, green and blue, each 0 to 255, but was "
              + fill);
    }
    return List.copyOf(fill);
  }
}
