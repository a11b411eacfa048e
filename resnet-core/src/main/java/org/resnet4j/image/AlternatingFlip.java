package org.resnet4j.image;

import java.util.random.RandomGenerator;

/**
 * A mirroring of left and right in every other epoch: at random with probability one half in the
 * first, then as it was not in the epoch before (Jordan 2024, arXiv:2404.00498, section 3.6). Two
 * consecutive epochs show an image both ways, where {@link HorizontalFlip} shows it twice the same
 * way with probability one half.
 */
public record AlternatingFlip() implements Transform {
  /** Mirrors with probability one half, as in the first epoch. */
  @Override
  public Image apply(Image image, RandomGenerator random) {
    return apply(image, random, random.nextBoolean());
  }

  @Override
  public Image apply(Image image, RandomGenerator random, boolean mirrored) {
    return mirrored ? HorizontalFlip.flipped(image) : image;
  }
}
