package org.resnet4j.arch;

/** The shortcut options A, B and C (He et al., 2015, section 4.1), and plain networks. */
public enum ShortcutKind {
  /**
   * A parameter-free shortcut everywhere: it subsamples and pads new channels with zeros on both
   * sides.
   */
  A,
  /** A projection where the shape changes, the identity elsewhere. */
  B,
  /** A projection in every block. */
  C,
  /**
   * No shortcut: a plain network, which the paper compares with residual ones (section 3.3).
   * Nothing is added to a block's branch.
   */
  NONE
}
