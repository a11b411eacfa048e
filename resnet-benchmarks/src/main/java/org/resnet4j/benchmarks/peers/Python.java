package org.resnet4j.benchmarks.peers;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An interpreter that has PyTorch. */
final class Python {
  /** The first on the path may be another than Debian's, for which Debian's torch is not there. */
  private static final List<String> CANDIDATES = List.of("python3", "/usr/bin/python3", "python");

  private Python() {}

  static @Nullable String withTorch() throws InterruptedException {
    for (String candidate : CANDIDATES) {
      if (imports(candidate)) {
        return candidate;
      }
    }
    return null;
  }

  private static boolean imports(String python) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(python, "-c", "import torch")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(2, TimeUnit.MINUTES) && process.exitValue() == 0;
    } catch (IOException e) {
      return false; // no such program
    }
  }
}
