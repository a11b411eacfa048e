package org.resnet4j.benchmarks;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.resnet4j.benchmarks.baselines.Arena;
import org.resnet4j.benchmarks.baselines.Engine;
import org.resnet4j.benchmarks.baselines.Score;
import org.resnet4j.benchmarks.baselines.Workload;
import org.resnet4j.benchmarks.report.Curves;
import org.resnet4j.benchmarks.report.Machine;
import org.resnet4j.benchmarks.report.Results;
import org.resnet4j.benchmarks.report.ZooPage;
import org.resnet4j.support.Json;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code ./resnet bench}. */
@Command(
    name = "resnet bench",
    description = {
      "Measures the throughput of resnet4j and its baselines (stock Deeplearning4j, ONNX Runtime, PyTorch) on the same networks, and the roofline of oneDNN's primitives.",
      "Writes benchmarks-avx512.md or, on CPUs without AVX-512, benchmarks-avx2.md, each with its chart; with --curves, curves.md and curves.svg; with --zoo, zoo-speed.md."
    })
public final class Main implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help message and exit.")
  boolean help;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "NAME",
      description =
          "Engines, comma-separated: ours-fp32 ours-bf16 ours-int8 dl4j onnxruntime onnxruntime-int8 djl-fp32 djl-bf16 pytorch-fp32 pytorch-bf16 roofline-fp32 roofline-bf16 (default: all). ours: resnet4j, roofline: the sum of oneDNN's primitives.")
  @Nullable List<String> only;

  @Option(
      names = "--workload",
      split = ",",
      paramLabel = "WORK:MODEL:BATCH",
      description =
          "Workloads, comma-separated, for example inference:resnet50:8,training:resnet20_cifar:128.")
  @Nullable List<String> workloads;

  @Option(
      names = "--rounds",
      description = "Processes per engine and workload (default: ${DEFAULT-VALUE}).")
  int rounds = 3;

  @Option(
      names = "--seconds",
      description =
          "Seconds of one measurement, after half as long a warm-up (default: ${DEFAULT-VALUE}).")
  double seconds = 4;

  @Option(names = "--threads", description = "Threads of each engine (default: all cores).")
  int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--curves",
      description =
          "Measure resnet4j over batch sizes 1 to 64 and depths 18 to 152 instead, and on one thread and beside a busy core.")
  boolean curves;

  @Option(
      names = "--zoo",
      arity = "0..1",
      fallbackValue = "",
      split = ",",
      paramLabel = "NETWORK",
      description =
          "Measure Deeplearning4j's own zoo on stock Deeplearning4j and on the engine instead, all networks or those named, for example lenet,alexnet. --rounds and --threads have no effect.")
  @Nullable List<String> zoo;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder for the results (default: ${DEFAULT-VALUE}).",
      defaultValue = "${sys:resnet4j.root:-.}/docs")
  Path out;

  @Option(
      names = "--work",
      paramLabel = "DIR",
      description =
          "Folder for the networks' files and the logs of each process (default: ${DEFAULT-VALUE}).",
      defaultValue = "${sys:resnet4j.root:-.}/resnet-benchmarks/target/bench")
  Path work;

  private Main() {}

  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Main())
            .setExecutionExceptionHandler(
                (failure, line, parsed) -> {
                  line.getErr().println("resnet: " + failure.getMessage());
                  return 1;
                })
            .execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    if (rounds < 1 || threads < 1 || !(seconds > 0)) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "--rounds, --threads, --seconds: expected more than 0 but were %s, %s, %s"
              .formatted(rounds, threads, seconds));
    }
    if (zoo != null) {
      // The option without a value is a list without names.
      return measureZoo(zoo.stream().allMatch(String::isEmpty) ? null : zoo);
    }
    PrintWriter err = spec.commandLine().getErr();
    Arena arena = new Arena(work.toAbsolutePath().normalize(), rounds, seconds, threads, err);
    Machine machine = Machine.here();
    // Child processes must not outlive an interrupted comparison.
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly)));
    List<Score> scores =
        curves ? arena.run(Curves.WORKLOADS, ours()) : arena.run(chosen(), those());
    String files;
    if (curves) {
      files = new Curves(machine, scores, conditions(arena)).write(out);
    } else {
      files = new Results(machine, scores, rounds, seconds, threads).write(out);
    }
    err.println(files);
    if (json) {
      PrintWriter to = spec.commandLine().getOut();
      Json.print(ScoreDocument.of(machine, scores), to);
      to.flush();
    }
    return 0;
  }

  private List<Curves.Condition> conditions(Arena arena) throws Exception {
    Arena single = new Arena(arena.folder(), rounds, seconds, 1, arena.log());
    List<Score> onOne = single.run(Curves.CONDITIONED, ours());
    AtomicBoolean busy = new AtomicBoolean(true);
    Thread other =
        new Thread(
            () -> {
              while (busy.get()) {
                Thread.onSpinWait();
              }
            });
    other.setDaemon(true);
    other.start();
    try {
      return List.of(
          new Curves.Condition("1 thread", onOne),
          new Curves.Condition(
              threads + " threads, 1 core busy", arena.run(Curves.CONDITIONED, ours())));
    } finally {
      busy.set(false);
    }
  }

  private int measureZoo(@Nullable List<String> names) throws Exception {
    try {
      ZooSpeed.requireKnown(names == null ? List.of() : names);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    List<ZooPage.Row> rows = new ZooSpeed(seconds, spec.commandLine().getOut()).measure(names);
    Machine machine = Machine.here();
    String program = "Deeplearning4j " + machine.environment().deeplearning4j();
    spec.commandLine().getErr().println(new ZooPage(machine, program, seconds, rows).write(out));
    return 0;
  }

  private List<Workload> chosen() {
    return workloads == null ? Workload.ALL : parsed(workloads, Workload::parse);
  }

  private List<Engine> those() {
    return only == null ? Engine.ALL : parsed(only, Engine::byId);
  }

  private <T> List<T> parsed(List<String> texts, Function<String, T> parser) {
    try {
      return texts.stream().map(parser).toList();
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private static List<Engine> ours() {
    return Engine.ALL.stream().filter(engine -> engine.kind() == Engine.Kind.OURS).toList();
  }
}
