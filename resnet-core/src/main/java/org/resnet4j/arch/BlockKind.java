package org.resnet4j.arch;

/** The residual unit that a network repeats. */
public enum BlockKind {
  /** Two 3×3 convolutions (He et al. 2015, figure 5 left). */
  BASIC(1, false),
  /** 1×1, 3×3 and 1×1 convolutions; the last is four times as wide (figure 5 right). */
  BOTTLENECK(4, false),
  /**
   * {@link #BASIC} with batch norm and ReLU before each convolution (He et al. 2016, figure 1b).
   */
  PREACT_BASIC(1, true),
  /** {@link #BOTTLENECK} with batch norm and ReLU before each convolution. */
  PREACT_BOTTLENECK(4, true),
  /** Two dense layers; input and output are equally wide. */
  DENSE(1, false);

  private final int expansion;
  private final boolean preActivated;

  BlockKind(int expansion, boolean preActivated) {
    this.expansion = expansion;
    this.preActivated = preActivated;
  }

  /** Output channels of a block per unit of stage width. */
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

  /** Whether norm and ReLU stand before each convolution and once more after the last block. */
  public boolean isPreActivated() {
    return preActivated;
  }
}
