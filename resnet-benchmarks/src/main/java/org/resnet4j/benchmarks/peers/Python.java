package org.resnet4j.benchmarks.peers;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** An interpreter that has PyTorch. */
final class Python {
  /** The first on the path may be another than Debian's, for which Debian's torch is not there. */
  private static final List<String> CANDIDATES = List.of("python3", "/usr/bin/python3", "python");

  private Python() {}

  /** Looked for once: importing torch takes seconds. */
  private static final class Found {
    static final Optional<String> PROGRAM =
        CANDIDATES.stream().filter(candidate -> imports(candidate)).findFirst();
  }

  /** Its command; none where there is none. */
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
