package org.resnet4j.cli;

/** The implementation that computes a network. */
enum Engine {
  /** The oneDNN engine if it is available; otherwise {@link #ND4J}, with a line that says why. */
  AUTO,
  /** The oneDNN engine; refused if it is not available. */
  ONEDNN,
  /** Deeplearning4j's own layers on the ND4J backend in use. */
  ND4J
}
