package org.resnet4j.onednn;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/**
 * A fuzzer that computes random shapes ({@link RandomShape}) in child processes, in inference and
 * in training, and compares them with stock Deeplearning4j in double precision. A child names each
 * case before it computes it, so that a crash has a shape; the parent starts another child after
 * it, and goes on.
 */
final class PrimitiveFuzz {
  private static final String SET = "instruction set ";
  private static final String CASE = "case ";
  private static final String FINDING = "finding ";
  private static final String REFUSED = "refused ";
  private static final String END = "end";
  private static final CompileOptions FP32 = CompileOptions.inference().precision(Precision.FP32);

  /**
   * The number of cases in a child, because programs of accelerated graphs stay until a process
   * ends.
   */
  private static final int CASES_OF_A_CHILD = 1000;

  /** The time after which a case counts as hanging. */
  private static final long PATIENCE_MILLISECONDS = 120_000;

  private final long seed;
  private final String instructionSet;
  private final int threads;
  private final List<String> findings = new ArrayList<>();
  private int refused;

  private PrimitiveFuzz(long seed, String instructionSet, int threads) {
    this.seed = seed;
    this.instructionSet = instructionSet;
    this.threads = threads;
  }

  /**
   * The result of a run.
   *
   * @param refused the number of cases that the engine leaves to stock Deeplearning4j
   * @param findings crashes, hangs and differences, each with its shape
   */
  record Result(int refused, List<String> findings) {}

  /** Runs the cases from {@code first} on that follow from {@code seed}. */
  static Result run(long seed, int first, int count, String instructionSet, int threads)
      throws IOException, InterruptedException {
    PrimitiveFuzz fuzz = new PrimitiveFuzz(seed, instructionSet, threads);
    int next = first;
    while (next < first + count) {
      next = fuzz.runChild(next, Math.min(CASES_OF_A_CHILD, first + count - next));
    }
    return new Result(fuzz.refused, fuzz.findings);
  }

  /** Runs cases in a child and returns the case to continue with. */
  private int runChild(int first, int count) throws IOException, InterruptedException {
    Process child = start(first, count);
    String shape = "";
    boolean whole = false;
    List<String> rest = new ArrayList<>();
    try (BufferedReader lines = child.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(CASE)) {
          shape = line.substring(CASE.length());
        } else if (line.startsWith(FINDING)) {
          findings.add(instructionSet + ": " + shape + ": " + line.substring(FINDING.length()));
        } else if (line.startsWith(REFUSED)) {
          refused++;
        } else if (line.startsWith(SET)) {
          assumeThat(line.substring(SET.length()))
              .as("what this CPU has")
              .isEqualTo(instructionSet);
        } else if (line.equals(END)) {
          whole = true;
        } else {
          rest.add(line);
        }
      }
    } finally {
      child.destroy();
    }
    int status = child.waitFor();
    if (whole) {
      return first + count;
    }
    if (shape.isEmpty()) {
      throw new IOException("a child did not start: " + String.join(" | ", rest));
    }
    findings.add(instructionSet + ": " + shape + ": CRASH, status " + status + ": " + frame(rest));
    return Integer.parseInt(shape.substring(0, shape.indexOf(' '))) + 1;
  }

  /** Returns the frame in which HotSpot reports a crash. */
  private static String frame(List<String> lines) {
    int frame = lines.indexOf("# Problematic frame:") + 1;
    return frame > 0 && frame < lines.size() ? lines.get(frame) : String.join(" | ", lines);
  }

  private Process start(int first, int count) throws IOException {
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx600m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-CreateCoredumpOnCrash",
            "-XX:ErrorFile=/dev/null",
            "-Dorg.bytedeco.javacpp.maxbytes=3g",
            "-Dorg.bytedeco.javacpp.maxphysicalbytes=5g",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
            "-cp",
            path,
            PrimitiveFuzz.class.getName(),
            Long.toString(seed),
            Integer.toString(first),
            Integer.toString(count));
    builder.environment().put("RESNET4J_MAX_ISA", instructionSet);
    builder.environment().put("OMP_NUM_THREADS", Integer.toString(threads));
    builder.environment().put("OMP_DYNAMIC", "false");
    return builder.redirectErrorStream(true).start();
  }

  /**
   * Runs a child with the arguments seed, first case and count, or by hand also instruction set and
   * threads.
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    long seed = Long.parseLong(arguments[0]);
    int first = Integer.parseInt(arguments[1]);
    int count = Integer.parseInt(arguments[2]);
    if (arguments.length == 3) {
      compute(seed, first, count);
    } else {
      Result result = run(seed, first, count, arguments[3], Integer.parseInt(arguments[4]));
      result.findings.forEach(System.out::println);
      System.out.println(
          (arguments[3] + ": " + count + " cases, " + result.refused + " refused, ")
              + (result.findings.size() + " findings"));
    }
    System.exit(0);
  }

  private static void compute(long seed, int first, int count) {
    AtomicLong started = new AtomicLong(System.currentTimeMillis());
    Thread watch = new Thread(() -> haltIfStuck(started));
    watch.setDaemon(true);
    watch.start();
    System.out.println(SET + OneDnn.environment().instructionSet());
    for (int i = first; i < first + count; i++) {
      RandomShape shape = RandomShape.of(seed, i);
      System.out.println(CASE + i + " " + shape);
      started.set(System.currentTimeMillis());
      String finding = difference(shape, i);
      // Rounding may move a value across a kink, but not again with other numbers.
      if (finding != null && difference(shape, i + 1_000_000) != null) {
        System.out.println(FINDING + finding);
      }
    }
    System.out.println(END);
  }

  private static void haltIfStuck(AtomicLong started) {
    while (System.currentTimeMillis() - started.get() < PATIENCE_MILLISECONDS) {
      try {
        Thread.sleep(1000);
      } catch (InterruptedException e) {
        return;
      }
    }
    System.out.println("no answer for " + PATIENCE_MILLISECONDS + " ms");
    Runtime.getRuntime().halt(1);
  }

  /** Returns the difference from stock Deeplearning4j, or null. */
  private static @Nullable String difference(RandomShape shape, long seed) {
    ComputationGraph network = shape.network(seed);
    DataSet data = shape.data(seed);
    try {
      INDArray actual;
      // The engine runs first, because stock is not run on refused graphs.
      try (CompiledNetwork compiled = OneDnn.compile(network, FP32)) {
        actual = compiled.output(data.getFeatures());
      } catch (UnsupportedGraphException e) {
        System.out.println(REFUSED + e.getMessage());
        return null;
      }
      INDArray expected = Oracle.exact(network).output(Oracle.doubles(data.getFeatures()))[0];
      Oracle.close("head", expected, actual, shape.tolerance());
      Oracle.training(network, shape.tolerance(), data);
      return null;
    } catch (AssertionError | RuntimeException e) {
      return e.toString().lines().findFirst().orElse("");
    }
  }
}
