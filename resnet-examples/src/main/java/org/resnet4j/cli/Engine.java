package org.resnet4j.cli;

/** What computes a network. */
enum Engine {
  /** The fastest that runs here; for now that is always {@link #ND4J}. */
  AUTO,
  /** Deeplearning4j's own layers on the ND4J backend in use. */
  ND4J
}
