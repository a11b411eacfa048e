package org.resnet4j.arch;

/** The residual unit that a network repeats. */
public enum BlockKind {
  /** A block of two 3×3 convolutions (He et al., 2015, figure 5 left). */
  BASIC(1, false),
  /** A block of 1×1, 3×3 and 1×1 convolutions; the last is four times as wide (figure 5 right). */
  BOTTLENECK(4, false),
  /**
   * A {@link #BASIC} block with batch norm and ReLU before each convolution (He et al., 2016,
   * figure 1b).
   */
  PREACT_BASIC(1, true),
  /** A {@link #BOTTLENECK} block with batch norm and ReLU before each convolution. */
  PREACT_BOTTLENECK(4, true),
  /** A block of two dense layers; input and output have the same width. */
  DENSE(1, false);

  private final int expansion;
  private final boolean preActivated;

  BlockKind(int expansion, boolean preActivated) {
    this.expansion = expansion;
    this.preActivated = preActivated;
  }

  /** Returns the number of output channels per unit of stage width. */
  public int expansion() {
    return expansion;
  }

  boolean isBottleneck() {
    return expansion > 1;
  }

  BlockKind preActivated() {
    return switch (this) {
      case BASIC, PREACT_BASIC -> PREACT_BASIC;
      case BOTTLENECK, PREACT_BOTTLENECK -> PREACT_BOTTLENECK;
      case DENSE -> throw new IllegalArgumentException("dense blocks have no pre-activation form");
    };
  }

  /** Returns whether norm and ReLU precede each convolution and follow the last block. */
  public boolean isPreActivated() {
    return preActivated;
  }
}
