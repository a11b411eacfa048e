package org.resnet4j.mixing;

import java.util.random.RandomGenerator;

/**
 * A weighted sum of every image and label of a batch with the one before it (Zhang et al. 2018,
 * arXiv:1710.09412): λ and 1 − λ of them, one λ a batch. It is {@code RandomMixup} of torchvision's
 * reference training with p = 1.
 *
 * @param alpha of the distribution Beta(α, α) that λ is drawn from; 0.2 for ImageNet in the paper
 */
public record Mixup(double alpha) implements BatchMix {
  public Mixup {
    Beta.require("mixup", alpha);
  }

  @Override
  public void apply(MixedBatch batch, RandomGenerator random) {
    mix(batch, Beta.draw(alpha, random));
  }

  /** Combines the images with a given λ in [0, 1]. */
  static void mix(MixedBatch batch, double share) {
    batch.blendImages(share);
    batch.blendLabels(share);
  }
}
