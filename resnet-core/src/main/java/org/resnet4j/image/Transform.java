package org.resnet4j.image;

import java.util.random.RandomGenerator;

/** A random change of training images that keeps their shape. */
public sealed interface Transform
    permits HorizontalFlip,
        AlternatingFlip,
        VerticalFlip,
        RandomCrop,
        RandomResizedCrop,
        ColorJitter,
        PcaNoise,
        RandomGrayscale,
        RandomErasing,
        Cutout,
        TrivialAugmentWide,
        RandAugment,
        AutoAugment,
        AugMix {
  /** Returns the changed image, or {@code image} itself; equal seeds give equal pixels. */
  Image apply(Image image, RandomGenerator random);

  /**
   * Returns the changed image, or {@code image} itself, in an epoch of a training.
   *
   * @param mirrored whether an {@link AlternatingFlip} mirrors it
   */
  default Image apply(Image image, RandomGenerator random, boolean mirrored) {
    return apply(image, random);
  }
}
