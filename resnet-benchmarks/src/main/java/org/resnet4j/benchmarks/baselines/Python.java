package org.resnet4j.benchmarks.baselines;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Finds a Python interpreter that has PyTorch. */
final class Python {
  /**
   * The commands to try. Debian's torch is missing if the first interpreter on the path is not
   * Debian's.
   */
  private static final List<String> CANDIDATES = List.of("python3", "/usr/bin/python3", "python");

  private Python() {}

  /** The result of the search, which is done once: importing torch takes seconds. */
  private static final class Found {
    static final Optional<String> PROGRAM =
        CANDIDATES.stream().filter(candidate -> imports(candidate)).findFirst();
  }

  /** Returns the command of an interpreter with PyTorch; empty if there is none. */
  static Optional<String> withTorch() {
    return Found.PROGRAM;
  }

  private static boolean imports(String python) {
    try {
      Process process =
          new ProcessBuilder(python, "-c", "import torch")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(2, TimeUnit.MINUTES) && process.exitValue() == 0;
    } catch (IOException e) {
      return false; // no such program
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
