package org.resnet4j.image;

import java.util.random.RandomGenerator;

/**
 * A replacement of all channels by the luma: torchvision's {@code RandomGrayscale} of a PIL image.
 * Gray images are left alone.
 *
 * @param probability of the replacement, above 0 and at most 1
 */
public record RandomGrayscale(double probability) implements Transform {
  public RandomGrayscale {
    Requirements.probability("random grayscale", probability);
  }

  /** Creates the augmentation with torchvision's probability, 0.1. */
  public RandomGrayscale() {
    this(0.1);
  }

  @Override
  public Image apply(Image image, RandomGenerator random) {
    return random.nextDouble() < probability ? Enhancements.grayscale(image) : image;
  }
}
