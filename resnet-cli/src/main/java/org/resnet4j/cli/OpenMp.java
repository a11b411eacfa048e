package org.resnet4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * The threads of ND4J and of oneDNN.
 *
 * @param threads number that share the work of one operation
 * @param runtimes loaded OpenMP libraries; two would each have their own threads
 * @param settings relevant environment variables that are set
 */
record OpenMp(int threads, List<String> runtimes, Map<String, String> settings) {
  private static final int MOST_THREADS = 1024;

  private static final Path MAPS = Path.of("/proc/self/maps");

  private static final List<String> NAMES =
      List.of(
          "OMP_NUM_THREADS",
          "OMP_WAIT_POLICY",
          "GOMP_SPINCOUNT",
          "OMP_PROC_BIND",
          "OMP_PLACES",
          "OMP_DYNAMIC",
          "OMP_THREAD_LIMIT",
          "OMP_MAX_ACTIVE_LEVELS",
          "GOMP_CPU_AFFINITY",
          "ONEDNN_MAX_CPU_ISA",
          "GLIBC_TUNABLES");

  /**
   * Checks that the number of threads can be read by ND4J and is possible.
   *
   * @param setting value of {@code OMP_NUM_THREADS}; null or empty means one thread a processor
   * @return the error message, or null
   */
  static @Nullable String obstacle(@Nullable String setting) {
    if (setting == null || setting.isEmpty()) {
      return null;
    }
    boolean fits = setting.matches("[1-9][0-9]{0,3}") && Integer.parseInt(setting) <= MOST_THREADS;
    return fits
        ? null
        : "OMP_NUM_THREADS="
            + setting.replaceAll("\\p{Cntrl}", "?")
            + ": expected one whole number from 1 to "
            + MOST_THREADS
            + "; leave it unset for one thread a processor";
  }

  /** Returns the threads of this process, once ND4J and oneDNN are loaded. */
  static OpenMp here() throws IOException {
    Map<String, String> settings = new LinkedHashMap<>();
    for (String name : NAMES) {
      String value = System.getenv(name);
      if (value != null) {
        settings.put(name, value);
      }
    }
    return new OpenMp(
        NativeOpsHolder.getInstance().getDeviceNativeOps().ompGetMaxThreads(), mapped(), settings);
  }

  /** Returns the description in one line. */
  String describe() {
    return "%s; %s"
        .formatted(
            runtimes.isEmpty() ? "runtime unknown" : String.join(" and ", runtimes),
            settings.isEmpty() ? "no settings" : settings.toString());
  }

  /** Returns the OpenMP libraries that Linux reports as mapped. */
  private static List<String> mapped() throws IOException {
    if (!Files.isReadable(MAPS)) {
      return List.of();
    }
    try (Stream<String> lines = Files.lines(MAPS)) {
      return lines
          .filter(line -> line.matches(".*/lib(gomp|omp|iomp5)[-.][^/]*"))
          .map(line -> line.substring(line.indexOf('/')))
          .distinct()
          .toList();
    }
  }
}
