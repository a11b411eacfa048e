package org.resnet4j.cli;

import picocli.CommandLine.Option;

/** What computes a network, for every command that runs one. */
final class EngineOptions {
  @Option(
      names = "--engine",
      description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  Engine engine = Engine.AUTO;

  @Option(
      names = "--precision",
      description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  Precision precision = Precision.FP32;
}
