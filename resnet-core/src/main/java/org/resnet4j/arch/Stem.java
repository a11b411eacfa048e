package org.resnet4j.arch;

/** What stands before the first residual block. */
public enum Stem {
  /**
   * 7×7 convolution with stride 2, then 3×3 max-pooling with stride 2 (He et al. 2015, table 1).
   */
  IMAGENET(2),
  /**
   * {@link #IMAGENET} whose pooling sees zeros around its input, as {@code keras.applications} has
   * it. Without the ReLU in front, in pre-activation networks, that is another function.
   */
  IMAGENET_ZERO_PADDED(2),
  /**
   * {@link #IMAGENET} behind a batch norm of the images, with norm and ReLU before the pooling of a
   * pre-activation network too: MXNet's Gluon.
   */
  IMAGENET_NORMED(2),
  /**
   * Three 3×3 convolutions, the first with stride 2, then the max-pooling (He et al. 2019, "Bag of
   * Tricks", figure 2b: ResNet-C and -D).
   */
  DEEP(2),
  /** One 3×3 convolution with stride 1 (He et al. 2015, section 4.2). */
  CIFAR(0),
  /** One dense layer and ReLU. */
  DENSE(0);

  private final int halvings;

  Stem(int halvings) {
    this.halvings = halvings;
  }

  /** Whether it makes a difference in pre-activation networks alone. */
  boolean isForPreActivation() {
    return this == IMAGENET_ZERO_PADDED || this == IMAGENET_NORMED;
  }

  /** Layers with stride 2. */
  int halvings() {
    return halvings;
  }
}
