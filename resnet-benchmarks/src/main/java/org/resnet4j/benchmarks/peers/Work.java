package org.resnet4j.benchmarks.peers;

/** The computation on a batch. */
public enum Work {
  /** One forward pass. */
  INFERENCE,
  /** One training step: forward, backward, update. */
  TRAINING
}
