package org.resnet4j.network;

/** Constants that decide whether two frameworks compute the same network. */
final class Numerics {
  /** {@code torch.nn.BatchNorm2d(eps=1e-5)}; Deeplearning4j's default too, set all the same. */
  static final double BATCH_NORM_EPSILON = 1e-5;

  /**
   * Weight of the old running statistics; {@code torch.nn.BatchNorm2d(momentum=0.1)} is 1 − 0.9.
   */
  static final double BATCH_NORM_DECAY = 0.9;

  private Numerics() {}
}
