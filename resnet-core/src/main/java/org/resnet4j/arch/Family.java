package org.resnet4j.arch;

/** The family of an architecture, by which the catalogue is grouped. */
public enum Family {
  /** The networks for ImageNet-1k and their relatives (He et al., 2015 and 2016). */
  IMAGENET,
  /**
   * The networks for CIFAR (He et al., 2015, section 4.2), wide residual networks, and the ImageNet
   * family on a CIFAR stem.
   */
  CIFAR,
  /** The networks that tutorials teach with. */
  TUTORIAL
}
