package org.resnet4j.arch;

/**
 * The layers after the last block.
 *
 * @param dropout probability of dropping a feature before the classifier, in [0, 1)
 */
public record Head(HeadKind kind, double dropout) {
  /** A classifier without dropout. */
  public static final Head CLASSIFIER = new Head(HeadKind.CLASSIFIER, 0);

  public Head {
    Check.that(
        dropout >= 0 && dropout < 1,
        "dropout: expected a probability in [0, 1) but was " + dropout);
    Check.that(
        dropout == 0 || kind == HeadKind.CLASSIFIER,
        "dropout needs a classifier, but the head was " + kind);
  }
}
