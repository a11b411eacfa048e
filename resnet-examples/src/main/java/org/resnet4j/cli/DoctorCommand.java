package org.resnet4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "doctor",
    description = "What this machine runs on, and whether it computes correctly.",
    mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
  private static final Set<String> INSTRUCTIONS =
      Set.of("sse4_2", "avx", "avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16");

  @Spec CommandSpec spec;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Override
  public Integer call() throws Exception {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("resnet4j", new Main.Version().getVersion()[0].replace("resnet4j ", ""));
    facts.put("java", Runtime.version() + ", " + System.getProperty("java.vendor"));
    facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    facts.put("cpu", cpuInfo("model name").orElse("unknown"));
    facts.put("instructions", instructions());
    facts.put("cores", Runtime.getRuntime().availableProcessors());
    facts.put("heapMiB", Runtime.getRuntime().maxMemory() >> 20);
    facts.put("backend", Nd4j.getBackend().getClass().getSimpleName());
    facts.put("blas", Nd4j.factory().blas().getBlasVendor().toString());
    facts.put("threads", NativeOpsHolder.getInstance().getDeviceNativeOps().ompGetMaxThreads());
    facts.put("engine", "ND4J: Deeplearning4j's own layers");
    List<SelfCheck> checks = SelfCheck.all();
    facts.put("selfChecks", checks);
    boolean healthy = checks.stream().allMatch(SelfCheck::passed);
    facts.put("healthy", healthy);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      Json.print(facts, out);
    } else {
      facts.remove("selfChecks");
      facts.forEach((name, value) -> out.printf("%-14s %s%n", name, value));
      for (SelfCheck check : checks) {
        out.printf(
            "%-14s %s: largest error %.1e, at most %.1e expected: %s%n",
            "self-check",
            check.what(),
            check.error(),
            check.tolerance(),
            check.passed() ? "passed" : "FAILED");
      }
      out.flush();
    }
    return healthy ? 0 : 1;
  }

  private static List<String> instructions() throws IOException {
    List<String> found = new ArrayList<>();
    cpuInfo("flags").ifPresent(flags -> found.addAll(List.of(flags.split(" "))));
    found.retainAll(INSTRUCTIONS);
    return found;
  }

  /** A line of Linux's description of the first core. */
  private static Optional<String> cpuInfo(String key) throws IOException {
    if (!Files.isReadable(CPU_INFO)) {
      return Optional.empty();
    }
    try (Stream<String> lines = Files.lines(CPU_INFO)) {
      return lines
          .filter(line -> line.startsWith(key))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst();
    }
  }
}
