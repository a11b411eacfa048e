package org.resnet4j.benchmarks.peers;

/** What is done with a batch. */
public enum Work {
  /** One forward pass. */
  INFERENCE,
  /** One step: forward, backward, update. */
  TRAINING
}
