package org.resnet4j.arch;

/** Which convolution of a bottleneck takes the stride; a basic block has it in its first 3×3. */
public enum Downsampling {
  /** The first 1×1: the paper's form, called v1. */
  FIRST_CONV,
  /** The 3×3: torchvision's form, called v1.5. */
  SPATIAL_CONV,
  /**
   * The 3×3 of the last block of the stage before, whose shortcut subsamples: pre-activation
   * networks of TensorFlow's slim and of {@code keras.applications} (ResNet50V2).
   */
  LAST_BLOCK
}
