package org.resnet4j.image;

/** How a rotation, shear or translation of an augmentation computes a pixel, as Pillow does. */
public enum Sampling {
  /** The source pixel that a destination pixel's centre falls on. */
  NEAREST,
  /** The mean of four source pixels, weighted by distance and rounded down. */
  BILINEAR
}
