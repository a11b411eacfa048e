package org.resnet4j.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.resnet4j.run.Environment;

/**
 * The machine on which the figures were measured.
 *
 * @param instructions the relevant CPU flags, as the Linux kernel names them
 */
public record Machine(Environment environment, List<String> instructions) {
  private static final String LINE = "Machine: ";
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
  private static final Set<String> MATTER =
      Set.of(
          "avx2",
          "fma",
          "avx512f",
          "avx512_vnni",
          "avx512_bf16",
          "avx512_fp16",
          "amx_tile",
          "amx_bf16",
          "amx_int8");

  /** Returns this machine. */
  public static Machine here() throws IOException {
    return new Machine(Environment.here(), flags());
  }

  private static List<String> flags() throws IOException {
    if (!Files.isReadable(CPU_INFO)) {
      return List.of();
    }
    try (Stream<String> lines = Files.lines(CPU_INFO)) {
      String flags = lines.filter(line -> line.startsWith("flags")).findFirst().orElse("");
      return Stream.of(flags.split(" ", -1)).filter(MATTER::contains).toList();
    }
  }

  /** Returns the widest vector instructions that resnet4j has kernels for. */
  String instructionSet() {
    return instructions.contains("avx512f") ? "avx512" : "avx2";
  }

  /** Returns the description in one line. */
  String text() {
    return "%s, %s cores, %s GB, %s (AMX: %s); %s, Java %s"
        .formatted(
            environment.cpu(),
            environment.cores(),
            environment.memoryGigabytes(),
            String.join(" ", instructions),
            instructions.stream().anyMatch(flag -> flag.startsWith("amx")) ? "yes" : "no",
            environment.system(),
            environment.java());
  }

  /** Returns the description as a line of a page. */
  String line() {
    return LINE + text() + ".";
  }

  /** Returns the end of a sentence on the machine of a page that is replaced; empty without one. */
  static String replaced(Path page) throws IOException {
    if (!Files.exists(page)) {
      return "";
    }
    try (Stream<String> lines = Files.lines(page)) {
      return lines
          .filter(line -> line.startsWith(LINE))
          .findFirst()
          .map(line -> ", in place of figures of " + line.substring(LINE.length()))
          .orElse("");
    }
  }
}
