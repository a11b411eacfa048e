package org.resnet4j.arch;

/**
 * The global pooling of a head, as in <a
 * href="https://github.com/huggingface/pytorch-image-models/blob/main/timm/layers/adaptive_avgmax_pool.py">timm's
 * {@code SelectAdaptivePool2d}</a>.
 */
public enum HeadPooling {
  /** The mean over all positions. */
  AVG,
  /** The maximum over all positions. */
  MAX,
  /** The mean of {@link #AVG} and {@link #MAX}. */
  AVGMAX,
  /** The features of {@link #AVG}, then those of {@link #MAX}: twice as many. */
  CATAVGMAX
}
