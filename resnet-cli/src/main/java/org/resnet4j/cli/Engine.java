package org.resnet4j.cli;

/** What computes a network. */
enum Engine {
  /** {@link #ONEDNN} where it runs, otherwise {@link #ND4J}, with a line that says why. */
  AUTO,
  /** The oneDNN engine, or a refusal. */
  ONEDNN,
  /** Deeplearning4j's own layers on the ND4J backend in use. */
  ND4J
}
