package org.resnet4j.arch;

/** Shortcut options of He et al. 2015, section 4.1. */
public enum ShortcutKind {
  /** Parameter-free everywhere: subsample, and pad new channels with zeros on both sides. */
  A,
  /** A projection where the shape changes, identity elsewhere. */
  B,
  /** A projection in every block. */
  C
}
