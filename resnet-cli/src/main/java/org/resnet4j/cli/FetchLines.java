package org.resnet4j.cli;

import java.io.PrintWriter;
import java.util.Locale;
import org.resnet4j.fetch.FetchProgress;

/** Prints a line for every 10 % of a file, or for every 10 MB if its length is unknown. */
final class FetchLines implements FetchProgress {
  private final PrintWriter err;
  private String last = "";

  FetchLines(PrintWriter err) {
    this.err = err;
  }

  @Override
  public void bytes(String file, long done, long total) {
    String line =
        total < 0
            ? String.format(Locale.ROOT, "%s: %d MB", file, done / 10_000_000 * 10)
            : String.format(
                Locale.ROOT,
                "%s: %d%% of %.1f MB",
                file,
                total == 0 ? 100 : done * 10 / total * 10,
                total / 1e6);
    if (!line.equals(last)) {
      last = line;
      note(line);
    }
  }

  @Override
  public void note(String sentence) {
    err.println(sentence);
    err.flush();
  }
}
