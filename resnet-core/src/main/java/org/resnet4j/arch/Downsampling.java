package org.resnet4j.arch;

/** The convolution of a bottleneck that has the stride; a basic block has it in its first 3×3. */
public enum Downsampling {
  /** The first 1×1 convolution, as in the paper; called v1. */
  FIRST_CONV,
  /** The 3×3 convolution, as in torchvision; called v1.5. */
  SPATIAL_CONV,
  /**
   * The 3×3 convolution of the previous stage's last block, whose shortcut subsamples. The
   * pre-activation networks of TensorFlow's slim and of {@code keras.applications} (ResNet50V2)
   * have this form.
   */
  LAST_BLOCK
}
