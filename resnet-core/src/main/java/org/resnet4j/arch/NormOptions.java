package org.resnet4j.arch;

/**
 * The options of a network's norms beside their ε.
 *
 * @param momentum the weight of a batch in the running statistics of batch norms, as PyTorch counts
 *     it: 0.1 there, which is a decay of 0.9 in Deeplearning4j
 */
public record NormOptions(double momentum) {
  /** The options of {@code torch.nn.BatchNorm2d}. */
  public static final NormOptions TORCH = new NormOptions(0.1);

  public NormOptions {
    Check.that(
        momentum > 0 && momentum <= 1,
        "norm momentum: expected a number above 0 and at most 1 but was " + momentum);
  }
}
