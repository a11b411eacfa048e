package org.resnet4j.recipe;

import org.resnet4j.image.HorizontalFlip;
import org.resnet4j.image.RandomCrop;
import org.resnet4j.image.Transform;

/** A random change to training images; these are applied in this order. */
public enum Augmentation {
  /** A crop of the image's own size from the image with four black pixels around it. */
  CROP_PADDING_4,
  /** A mirroring of left and right with probability 0.5. */
  HORIZONTAL_FLIP;

  Transform transform() {
    return switch (this) {
      case CROP_PADDING_4 -> new RandomCrop(4);
      case HORIZONTAL_FLIP -> new HorizontalFlip();
    };
  }
}
