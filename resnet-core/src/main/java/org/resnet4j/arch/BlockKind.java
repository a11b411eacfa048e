package org.resnet4j.arch;

import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.Optional;

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

  /** Returns a bottleneck if there is one, or the first kind; empty for an empty list. */
  static Optional<BlockKind> widest(List<BlockKind> kinds) {
    return kinds.stream()
        .filter(BlockKind::isBottleneck)
        .findFirst()
        .or(() -> kinds.stream().findFirst());
  }

  /** Returns the only kind, or those of all stages such as {@code BASIC-BOTTLENECK}. */
  static String describe(List<BlockKind> kinds) {
    return (kinds.stream().distinct().count() == 1 ? kinds.subList(0, 1) : kinds)
        .stream().map(BlockKind::toString).collect(joining("-"));
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
