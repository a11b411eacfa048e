package org.resnet4j.recipe;

import org.resnet4j.image.HorizontalFlip;
import org.resnet4j.image.RandomCrop;
import org.resnet4j.image.Transform;

/** A change by chance that training images go through, in this order. */
public enum Augmentation {
  /** The image's own size out of the image with four black pixels around it. */
  CROP_PADDING_4,
  /** Mirrored left and right half of the time. */
  HORIZONTAL_FLIP;

  Transform transform() {
    return switch (this) {
      case CROP_PADDING_4 -> new RandomCrop(4);
      case HORIZONTAL_FLIP -> new HorizontalFlip();
    };
  }
}
