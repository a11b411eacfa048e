package org.resnet4j.network;

/** The constants that must agree for two frameworks to compute the same network. */
final class Numerics {
  /**
   * The ε of {@code torch.nn.BatchNorm2d(eps=1e-5)}. It is Deeplearning4j's default too, but set
   * explicitly.
   */
  static final double BATCH_NORM_EPSILON = 1e-5;

  /**
   * The weight of the old running statistics: 1 − 0.1, as PyTorch's {@code
   * torch.nn.BatchNorm2d(momentum=0.1)} counts from the other side.
   */
  static final double BATCH_NORM_DECAY = 0.9;

  private Numerics() {}
}
