package org.resnet4j.mixing;

import java.util.random.RandomGenerator;

/**
 * A box of every image of a batch replaced by that of the image before it (Yun et al. 2019,
 * arXiv:1905.04899). The box covers 1 − λ of the image around a random pixel, less what lies
 * outside; labels are weighted by areas. Every image of a batch has the same box. It is {@code
 * RandomCutmix} of torchvision's reference training with p = 1.
 *
 * @param alpha of the distribution Beta(α, α) that λ is drawn from; 1 in the paper
 */
public record CutMix(double alpha) implements BatchMix {
  public CutMix {
    Beta.require("CutMix", alpha);
  }

  @Override
  public void apply(MixedBatch batch, RandomGenerator random) {
    double share = Beta.draw(alpha, random);
    int x = random.nextInt(batch.shape().width());
    int y = random.nextInt(batch.shape().height());
    mix(batch, Box.around(x, y, share, batch.shape()));
  }

  /** Combines the images with a given box. */
  static void mix(MixedBatch batch, Box box) {
    batch.paste(box);
    batch.blendLabels(box.shareOutside(batch.shape()));
  }
}
