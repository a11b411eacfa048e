package org.resnet4j.recipe;

import org.resnet4j.image.HorizontalFlip;
import org.resnet4j.image.RandomCrop;
import org.resnet4j.image.RandomResizedCrop;
import org.resnet4j.image.Transform;

/** A random change to training images; these are applied in this order. */
public enum Augmentation {
  /** A crop of 35 % to 100 % of the area, resized to the network's size in place of the fit. */
  RANDOM_RESIZED_CROP,
  /** A crop of the image's own size from the image with four black pixels around it. */
  CROP_PADDING_4,
  /** A mirroring of left and right with probability 0.5. */
  HORIZONTAL_FLIP;

  private static final double SMALLEST_CROP = 0.35;

  Transform transform() {
    return switch (this) {
      case RANDOM_RESIZED_CROP -> new RandomResizedCrop(SMALLEST_CROP);
      case CROP_PADDING_4 -> new RandomCrop(4);
      case HORIZONTAL_FLIP -> new HorizontalFlip();
    };
  }
}
