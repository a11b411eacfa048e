package org.resnet4j.image;

import java.util.random.RandomGenerator;

/** A step from a stored image to a training image. */
public interface Transform {
  /** Returns the changed image, or {@code image} itself; equal seeds give equal pixels. */
  Image apply(Image image, RandomGenerator random);
}
