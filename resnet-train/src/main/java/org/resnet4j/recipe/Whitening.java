package org.resnet4j.recipe;

/**
 * A first convolution whose filters are set before training, and frozen: they whiten patches of
 * training images (Page 2018, "How to Train Your ResNet"; Jordan 2024, arXiv:2404.00498, section
 * 3.1).
 *
 * @param images number of training images, spread evenly over all, that the filters are computed
 *     from; 0 for a first convolution that is trained like the others
 * @param epsilon added to the eigenvalues of the patches' covariance, more than 0
 */
public record Whitening(int images, double epsilon) {
  /** A first convolution that is trained like the others. */
  public static final Whitening NONE = new Whitening(0, 5e-4);

  public Whitening {
    if (images < 0) {
      throw new IllegalArgumentException("whitening: expected 0 or more images but was " + images);
    }
    if (!(epsilon > 0 && Double.isFinite(epsilon))) {
      throw new IllegalArgumentException(
          "whitening: expected an epsilon of more than 0 but was " + epsilon);
    }
  }

  /** Returns whether the first convolution is set before training. */
  public boolean isOn() {
    return images > 0;
  }
}
