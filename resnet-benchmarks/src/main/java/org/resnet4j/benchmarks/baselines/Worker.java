package org.resnet4j.benchmarks.baselines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.resnet4j.support.Json;

/**
 * The main program of every engine's process. It reads a job from a file, and prints one line with
 * an outcome.
 */
public final class Worker {
  /** The prefix of the outcome on standard output, where libraries print, too. */
  static final String MARK = "@outcome ";

  /** The engine that a process runs. */
  public interface Contestant {
    Measurement run(Job job) throws Exception;
  }

  private Worker() {}

  /** Runs the job in the file that {@code arguments} name, and ends the process. */
  public static void main(String[] arguments, Contestant contestant) throws IOException {
    Job job = Json.read(Files.readString(Path.of(arguments[0])), Job.class);
    Outcome outcome;
    try {
      outcome = Outcome.of(contestant.run(job));
    } catch (Exception | LinkageError e) {
      e.printStackTrace();
      String message = e.getMessage();
      outcome = Outcome.skipped(message == null ? e.toString() : message.lines().findFirst().get());
    }
    System.out.println(MARK + Json.line(outcome));
    System.out.flush();
    // Threads of libraries may still run.
    System.exit(outcome.reason() == null ? 0 : 1);
  }

  /** Returns the peak resident memory of this process so far, in 10⁶ bytes; 0 where unknown. */
  static double peakMegabytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return 0;
    }
    List<String> lines = Files.readAllLines(status);
    return lines.stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024 / 1e6)
        .findFirst()
        .orElse(0);
  }

  /** Returns the measurement of a job from its {@code timing}. */
  public static Measurement measurement(
      Job job, String program, String variant, Stopwatch.Timing timing) throws IOException {
    return new Measurement(
        program,
        variant,
        job.batch() / timing.secondsPerBatch(),
        timing.batches(),
        peakMegabytes());
  }
}
