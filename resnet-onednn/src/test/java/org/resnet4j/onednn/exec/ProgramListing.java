package org.resnet4j.onednn.exec;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The text of an executable program: its steps, and the buffers with the steps that use them. */
public final class ProgramListing {
  private ProgramListing() {}

  /** Returns the listing of an inference program. */
  public static List<String> of(InferenceProgram program) {
    return of(program.executable);
  }

  /** Returns the listing of a training program. */
  public static List<String> of(TrainingProgram program) {
    return of(program.executable);
  }

  private static List<String> of(Executable executable) {
    long start =
        executable.buffers.stream()
            .filter(Buffer::isPlannedRoot)
            .mapToLong(Buffer::address)
            .min()
            .orElse(0);
    List<String> lines = new ArrayList<>();
    for (Step step : executable.steps) {
      lines.add("step " + step.layer + " | " + step.work + " | " + step.implementation);
    }
    for (Buffer buffer : executable.buffers) {
      Buffer root = buffer.root();
      lines.add(
          String.format(
              Locale.ROOT,
              "buffer %s | %s of %s | %d bytes of %d | steps %d to %d @ %s",
              buffer.name,
              buffer.kind,
              buffer == root ? "itself" : root.name,
              buffer.bytes,
              root.bytes,
              root.last < 0 ? -1 : root.first,
              root.last,
              buffer.isPlannedRoot() ? Long.toString(buffer.address() - start) : "-"));
    }
    return lines;
  }
}
