package org.resnet4j.arch;

import java.util.Objects;

/**
 * The layers after the last block.
 *
 * @param dropout probability of dropping a feature before the classifier, in [0, 1)
 * @param pooling global pooling before the classifier; in records from before this field it is the
 *     average
 */
public record Head(HeadKind kind, double dropout, HeadPooling pooling) {
  /** A classifier of averages without dropout. */
  public static final Head CLASSIFIER = new Head(HeadKind.CLASSIFIER, 0, HeadPooling.AVG);

  public Head {
    pooling = Objects.requireNonNullElse(pooling, HeadPooling.AVG);
    Check.that(
        dropout >= 0 && dropout < 1,
        "dropout: expected a probability in [0, 1) but was " + dropout);
    Check.that(
        dropout == 0 || kind == HeadKind.CLASSIFIER,
        "dropout needs a classifier, but the head was " + kind);
    Check.that(
        pooling == HeadPooling.AVG || kind != HeadKind.NONE,
        "head pooling needs a head, but there was none and the pooling was " + pooling);
  }
}
