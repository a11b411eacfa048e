package org.resnet4j.arch;

import java.util.Objects;

/**
 * The options of a network's norms beside their ε.
 *
 * @param momentum the weight of a batch in the running statistics of batch norms, as PyTorch counts
 *     it: 0.1 there, which is a decay of 0.9 in Deeplearning4j
 * @param kind batch norms in records from before this field
 * @param groups number of groups of channels that group norms have; {@link #GROUPS} in records from
 *     before this field, where it is 0
 */
public record NormOptions(double momentum, NormKind kind, int groups) {
  /** The number of groups of the paper, and of timm's {@code resnet50_gn}. */
  public static final int GROUPS = 32;

  /** The options of {@code torch.nn.BatchNorm2d}. */
  public static final NormOptions TORCH = new NormOptions(0.1, NormKind.BATCH, GROUPS);

  public NormOptions {
    kind = Objects.requireNonNullElse(kind, NormKind.BATCH);
    groups = groups == 0 ? GROUPS : groups;
    Check.that(
        momentum > 0 && momentum <= 1,
        "norm momentum: expected a number above 0 and at most 1 but was " + momentum);
    Check.that(
        Check.isSize(groups),
        "norm groups: expected 1 to %s but there were %s".formatted(Check.MOST, groups));
  }

  NormOptions withMomentum(double value) {
    return new NormOptions(value, kind, groups);
  }

  NormOptions withKind(NormKind value) {
    return new NormOptions(momentum, value, groups);
  }

  NormOptions withGroups(int value) {
    Check.that(value != 0, "norm groups: expected at least 1 but there were 0");
    return new NormOptions(momentum, kind, value);
  }

  /** Returns the text of a description, empty for the usual options. */
  String describe() {
    return (kind == NormKind.BATCH ? "" : ", norm " + kind)
        + (kind == NormKind.GROUP && groups != GROUPS ? " of " + groups : "")
        + (momentum == TORCH.momentum ? "" : ", momentum " + momentum);
  }
}
