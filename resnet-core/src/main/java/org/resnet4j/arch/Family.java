package org.resnet4j.arch;

/** Where a row comes from; the catalogue is grouped by it. */
public enum Family {
  /** He et al. 2015, 2016 and their relatives for ImageNet-1k. */
  IMAGENET,
  /**
   * He et al. 2015, section 4.2, wide residual networks, and the ImageNet family on a CIFAR stem.
   */
  CIFAR,
  /** Networks that tutorials teach with. */
  TUTORIAL
}
