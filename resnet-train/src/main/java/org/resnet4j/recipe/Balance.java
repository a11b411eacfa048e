package org.resnet4j.recipe;

/** The treatment of classes with unequal numbers of images. */
public enum Balance {
  /** Every image counts the same, so a class counts as much as it has images. */
  NONE,
  /**
   * The loss of an image is multiplied by the weight of its class. Unless weights are given, that
   * of a class with n of N images is N/(C·n) for C classes, so every class counts the same.
   */
  LOSS,
  /** Every class is drawn equally often in an epoch; images of small classes are drawn again. */
  SAMPLING
}
