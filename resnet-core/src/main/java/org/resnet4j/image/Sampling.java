package org.resnet4j.image;

/** The way in which a rotation, shear or translation computes a pixel, as Pillow does. */
public enum Sampling {
  /** The source pixel that a destination pixel's centre falls on. */
  NEAREST,
  /** The mean of four source pixels, weighted by distance and rounded down. */
  BILINEAR
}
