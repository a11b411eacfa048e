package org.resnet4j.benchmarks.baselines;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.resnet4j.support.Json;

/**
 * Runs one job in its own process.
 *
 * @param folder for scripts, jobs and logs
 */
record Child(Path folder) {
  private static final long LONGEST_MINUTES = 20;

  /** Returns the outcome of a job; any failure is given as its reason. */
  Outcome run(Engine engine, Job job) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    if (engine.program().equals(Engine.PYTHON)) {
      Optional<String> python = Python.withTorch();
      if (python.isEmpty()) {
        return Outcome.skipped("no python3 with torch (Debian: apt install python3-torch)");
      }
      command.addAll(List.of(python.get(), script().toString()));
    } else {
      command.addAll(java());
      command.add(engine.program());
    }
    return run(engine.id(), command, engine.waitsPassively(), job);
  }

  /** Writes the files of the job's network. */
  Outcome prepare(Job job) throws IOException, InterruptedException {
    List<String> command = java();
    command.add(PrepareRun.class.getName());
    return run("prepare", command, true, job);
  }

  private Outcome run(String name, List<String> command, boolean passive, Job job)
      throws IOException, InterruptedException {
    Path told = folder.resolve("job.json");
    Files.writeString(told, Json.line(job));
    command.add(told.toString());
    Path out = folder.resolve(name + ".out");
    Path err = folder.resolve(name + ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    Map<String, String> environment = builder.environment();
    environment.put("OMP_NUM_THREADS", job.threads() + "");
    if (!passive) {
      // The defaults, instead of the settings of ./resnet.
      environment.keySet().removeAll(Set.of("OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "GLIBC_TUNABLES"));
    }
    // Libraries must not download or send telemetry. ONNX Runtime 1.29.0 even crashes: its
    // telemetry applies a regular expression to the command line, and a long class path overflows
    // the stack.
    environment.put("ORT_DISABLE_TELEMETRY", "1");
    environment.put("OPT_OUT_TRACKING", "true");
    environment.put("DJL_OFFLINE", "true");
    environment.put("DJL_CACHE_DIR", folder.resolve("djl").toString());
    environment.put("ENGINE_CACHE_DIR", folder.resolve("djl").toString());
    Process process = builder.start();
    try {
      if (!process.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES)) {
        return Outcome.skipped("took longer than " + LONGEST_MINUTES + " minutes");
      }
    } finally {
      process.destroyForcibly();
    }
    return outcome(Files.readAllLines(out), Files.readAllLines(err), process.exitValue());
  }

  /** Returns the outcome on the marked line, or else the last error message as the reason. */
  static Outcome outcome(List<String> out, List<String> err, int status) throws IOException {
    for (String line : out) {
      if (line.startsWith(Worker.MARK)) {
        return Json.read(line.substring(Worker.MARK.length()), Outcome.class);
      }
    }
    return Outcome.skipped(
        "ended with status %s: %s".formatted(status, err.isEmpty() ? "" : complaint(err)));
  }

  private static String complaint(List<String> err) {
    return err.stream()
        .filter(line -> line.startsWith("Error") || line.startsWith("Caused by"))
        .reduce((first, second) -> second)
        .orElse(err.get(err.size() - 1));
  }

  /** Returns the command of this JVM with its options and class path. */
  private static List<String> java() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-Dai.djl.offline=true", "-cp"));
    command.add(System.getProperty("java.class.path"));
    return command;
  }

  private Path script() throws IOException {
    Path script = folder.resolve(Engine.PYTHON);
    try (InputStream in = resource()) {
      if (in == null) {
        throw new AssertionError(Engine.PYTHON + " is not on the class path");
      }
      Files.write(script, in.readAllBytes());
    }
    return script;
  }

  private static @Nullable InputStream resource() {
    return Child.class.getResourceAsStream(Engine.PYTHON);
  }
}
