package org.resnet4j.image;

import java.util.random.RandomGenerator;

/** One step from a stored picture to a training picture. */
public interface Transform {
  /** The changed picture, or {@code image} itself; equal seeds give equal pixels. */
  Image apply(Image image, RandomGenerator random);
}
