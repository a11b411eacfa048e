package org.resnet4j.recipe;

import java.util.Objects;
import org.resnet4j.mixing.Mixing;

/**
 * The means that keep a network from learning its training images by heart, beside weight decay and
 * the changes to single images.
 *
 * @param labelSmoothing ε, the share of a label that all classes get alike, in [0, 1) (Szegedy et
 *     al. 2015, arXiv:1512.00567)
 * @param mixing the combinations of the images of a batch: Mixup, CutMix or a choice of both
 * @param repeats how often each image of an epoch is in it, augmented anew (repeated augmentation);
 *     1 for once
 * @param stochasticDepth probability with which the residual branch of the last block is dropped
 *     for an example, in [0, 1); it falls linearly to the first block (Huang et al. 2016,
 *     arXiv:1603.09382)
 */
public record Regularization(
    double labelSmoothing, Mixing mixing, int repeats, double stochasticDepth) {
  /** No regularization. */
  public static final Regularization NONE = new Regularization(0, Mixing.NONE, 1, 0);

  public Regularization {
    mixing = Objects.requireNonNullElse(mixing, Mixing.NONE);
    require(
        labelSmoothing >= 0 && labelSmoothing < 1,
        "label smoothing: expected a value in [0, 1)",
        labelSmoothing);
    require(repeats >= 1, "repeats: expected 1 or more", repeats);
    require(
        stochasticDepth >= 0 && stochasticDepth < 1,
        "stochastic depth: expected a probability in [0, 1)",
        stochasticDepth);
  }

  private static void require(boolean condition, String expected, Object actual) {
    if (!condition) {
      throw new IllegalArgumentException("regularization: " + expected + " but was " + actual);
    }
  }

  public Regularization labelSmoothing(double value) {
    return new Regularization(value, mixing, repeats, stochasticDepth);
  }

  public Regularization mixing(Mixing value) {
    return new Regularization(labelSmoothing, value, repeats, stochasticDepth);
  }

  public Regularization repeats(int value) {
    return new Regularization(labelSmoothing, mixing, value, stochasticDepth);
  }

  public Regularization stochasticDepth(double value) {
    return new Regularization(labelSmoothing, mixing, repeats, value);
  }
}
