package org.resnet4j.benchmarks.baselines;

/** The computation on a batch. */
public enum Work {
  /** A forward pass. */
  INFERENCE,
  /** A training step: forward, backward, update. */
  TRAINING
}
