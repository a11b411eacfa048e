package org.resnet4j.image;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A change of brightness, contrast, saturation and hue in random order, each by a factor drawn
 * evenly from its range: torchvision 0.14's {@code ColorJitter} of a PIL image. Saturation and hue
 * leave gray images alone.
 *
 * @param brightness factors of 0 or more, where 1 changes nothing
 * @param contrast factors of 0 or more
 * @param saturation factors of 0 or more
 * @param hue shares of the colour circle, -0.5 to 0.5
 */
public record ColorJitter(Range brightness, Range contrast, Range saturation, Range hue)
    implements Transform {
  private static final double MOST_HUE = 0.5;
  private static final double MOST_FACTOR = 1000;
  private static final int KINDS = 4;

  /** The smallest and largest value of a draw. */
  public record Range(double min, double max) {
    /** Returns whether all draws change nothing; then nothing is drawn or applied. */
    boolean is(double neutral) {
      return min == neutral && max == neutral;
    }

    private static Range around(double amount) {
      return new Range(Math.max(0, 1 - amount), 1 + amount);
    }

    private double draw(double neutral, RandomGenerator random) {
      return is(neutral) ? neutral : min + (max - min) * random.nextDouble();
    }
  }

  /**
   * The changes of one image.
   *
   * @param order of brightness (0), contrast (1), saturation (2) and hue (3)
   */
  record Draw(
      List<Integer> order, double brightness, double contrast, double saturation, double hue) {}

  public ColorJitter {
    require("brightness", brightness, 0, MOST_FACTOR);
    require("contrast", contrast, 0, MOST_FACTOR);
    require("saturation", saturation, 0, MOST_FACTOR);
    require("hue", hue, -MOST_HUE, MOST_HUE);
  }

  private static void require(String what, Range range, double least, double most) {
    if (!(range.min >= least && range.min <= range.max && range.max <= most)) {
      throw new IllegalArgumentException(
          "color jitter: expected a %s of %s to %s, smallest first, but was %s and %s"
              .formatted(what, least, most, range.min, range.max));
    }
  }

  /**
   * Creates the augmentation of torchvision's numbers: factors of {@code 1 - amount}, but not below
   * 0, to {@code 1 + amount}, and hues shifted by up to {@code hue} either way.
   */
  public ColorJitter(double brightness, double contrast, double saturation, double hue) {
    this(
        Range.around(brightness),
        Range.around(contrast),
        Range.around(saturation),
        new Range(-hue, hue));
  }

  @Override
  public Image apply(Image image, RandomGenerator random) {
    return apply(image, draw(random));
  }

  Draw draw(RandomGenerator random) {
    Integer[] order = {0, 1, 2, 3};
    for (int i = KINDS - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int kind = order[i];
      order[i] = order[other];
      order[other] = kind;
    }
    return new Draw(
        List.of(order),
        brightness.draw(1, random),
        contrast.draw(1, random),
        saturation.draw(1, random),
        hue.draw(0, random));
  }

  Image apply(Image image, Draw draw) {
    Image changed = image;
    for (int kind : draw.order) {
      changed =
          switch (kind) {
            case 0 -> PointTables.brightened(changed, (float) draw.brightness);
            case 1 -> PointTables.contrasted(changed, (float) draw.contrast);
            case 2 -> Enhancements.coloured(changed, (float) draw.saturation);
            default -> hue.is(0) ? changed : Hue.shifted(changed, draw.hue);
          };
    }
    return changed;
  }
}
