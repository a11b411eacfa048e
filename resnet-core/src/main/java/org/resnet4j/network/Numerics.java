package org.resnet4j.network;

/** The constants that must agree for two frameworks to compute the same network. */
final class Numerics {
  /**
   * The weight of the old running statistics: 1 − 0.1, as PyTorch's {@code
   * torch.nn.BatchNorm2d(momentum=0.1)} counts from the other side.
   */
  static final double BATCH_NORM_DECAY = 0.9;

  private Numerics() {}
}
