package org.resnet4j.mixing;

import java.util.random.RandomGenerator;

/**
 * A random combination of every image of a batch with the one before it, the first with the last.
 */
public sealed interface BatchMix permits Mixup, CutMix {
  /** Returns the α of the distribution Beta(α, α) that the share λ is drawn from. */
  double alpha();

  /** Combines images and labels in place; equal seeds give equal values. */
  void apply(MixedBatch batch, RandomGenerator random);
}
