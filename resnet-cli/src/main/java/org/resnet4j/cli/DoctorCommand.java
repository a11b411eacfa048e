package org.resnet4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.onednn.ContainerLimits;
import org.resnet4j.onednn.EngineEnvironment;
import org.resnet4j.onednn.EngineUnavailableException;
import org.resnet4j.onednn.OneDnn;
import org.resnet4j.run.Environment;
import org.resnet4j.support.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "doctor",
    description =
        "Shows hardware, versions and engine, and self-tests the results of this machine.",
    mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
  private static final Set<String> INSTRUCTIONS =
      Set.of("sse4_2", "avx", "avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16");

  @Spec CommandSpec spec;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  /** The printed diagnosis. */
  record Diagnosis(
      Environment environment,
      ContainerLimits container,
      List<String> instructions,
      long heapMegabytes,
      String blas,
      OpenMp openMp,
      @Nullable EngineEnvironment oneDnn,
      @Nullable String noOneDnnBecause,
      List<SelfCheck> selfChecks,
      boolean healthy) {
    static Diagnosis here() throws IOException {
      List<SelfCheck> checks = new ArrayList<>(SelfCheck.all());
      EngineEnvironment oneDnn = null;
      String obstacle = null;
      try {
        oneDnn = OneDnn.environment();
        checks.addAll(EngineCheck.all(oneDnn));
      } catch (EngineUnavailableException e) {
        obstacle = e.getMessage();
      }
      return new Diagnosis(
          Environment.here(),
          ContainerLimits.here(),
          DoctorCommand.instructions(),
          Runtime.getRuntime().maxMemory() / 1_000_000,
          Nd4j.factory().blas().getBlasVendor().toString(),
          OpenMp.here(),
          oneDnn,
          obstacle,
          checks,
          checks.stream().allMatch(SelfCheck::passed));
    }
  }

  @Override
  public Integer call() throws Exception {
    Diagnosis diagnosis = Diagnosis.here();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      Json.print(diagnosis, out);
    } else {
      print(diagnosis, out);
    }
    return diagnosis.healthy() ? 0 : 1;
  }

  private static void print(Diagnosis diagnosis, PrintWriter out) {
    Environment here = diagnosis.environment();
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("resnet4j", here.resnet4j());
    facts.put("deeplearning4j", here.deeplearning4j());
    facts.put("java", here.java());
    facts.put("system", here.system());
    facts.put("cpu", here.cpu());
    facts.put("instructions", String.join(" ", diagnosis.instructions()));
    facts.put("cores", here.cores());
    facts.put("memory", here.memoryGigabytes() + " GB, heap " + diagnosis.heapMegabytes() + " MB");
    facts.put("container", container(diagnosis.container()));
    facts.put("backend", here.backend() + " with " + diagnosis.blas());
    OpenMp openMp = diagnosis.openMp();
    facts.put("threads", openMp.threads() + ", one setting for ND4J and oneDNN: OMP_NUM_THREADS");
    facts.put("OpenMP", openMp.describe());
    facts.put("engine", engine(diagnosis));
    facts.forEach((name, value) -> out.printf("%-14s %s%n", name, value));
    for (SelfCheck check : diagnosis.selfChecks()) {
      out.printf(
          Locale.ROOT,
          "%-14s %s: largest error %.1e, at most %.1e expected: %s%n",
          "self-check",
          check.what(),
          check.error(),
          check.tolerance(),
          check.passed() ? "passed" : "FAILED");
    }
    out.println(diagnosis.healthy() ? "healthy" : "NOT healthy: results on this machine are wrong");
    out.flush();
  }

  /** Returns the limits of control groups, and where they are set. */
  private static String container(ContainerLimits limits) {
    ContainerLimits.Memory memory = limits.memory();
    ContainerLimits.Cpu cpu = limits.cpu();
    return (memory == null
            ? "no memory limit"
            : "memory limit "
                + (memory.bytes() >> 20)
                + " MB, "
                + (memory.available() >> 20)
                + " MB free ("
                + memory.file()
                + ")")
        + "; "
        + (cpu == null
            ? "no CPU quota"
            : "CPU quota of "
                + String.format(Locale.ROOT, "%.2f", cpu.processors())
                + " processors ("
                + cpu.file()
                + ")");
  }

  private static String engine(Diagnosis diagnosis) {
    EngineEnvironment oneDnn = diagnosis.oneDnn();
    return oneDnn == null
        ? "Deeplearning4j's own layers, because " + diagnosis.noOneDnnBecause()
        : "oneDNN %s for %s%s; BF16 is %s; JIT kernels %s%s"
            .formatted(
                oneDnn.version(),
                oneDnn.instructionSet(),
                oneDnn.instructionSetLimit() == null
                    ? ""
                    : ", the most that RESNET4J_MAX_ISA="
                        + oneDnn.instructionSetLimit()
                        + " allows",
                (oneDnn.multipliesBfloat16() ? "multiplied" : "not multiplied")
                    + " by the CPU, and "
                    + (oneDnn.fasterInBfloat16() ? "faster" : "not faster")
                    + " than FP32",
                oneDnn.jitKernels() ? "run" : "do not run, because " + oneDnn.noJitKernelsBecause(),
                oneDnn.stockPreferredBecause() == null
                    ? ""
                    : "; --engine AUTO is Deeplearning4j's own layers, because "
                        + oneDnn.stockPreferredBecause());
  }

  /** Returns the instruction sets that Linux reports for the first core. */
  private static List<String> instructions() throws IOException {
    if (!Files.isReadable(CPU_INFO)) {
      return List.of();
    }
    try (Stream<String> lines = Files.lines(CPU_INFO)) {
      String flags = lines.filter(line -> line.startsWith("flags")).findFirst().orElse("");
      return Stream.of(flags.split(" ", -1)).filter(INSTRUCTIONS::contains).toList();
    }
  }
}
