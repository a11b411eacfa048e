package org.resnet4j.graph;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;

/**
 * What keeps ND4J's native libraries from loading, found before ND4J loads them: natives for
 * AVX-512 end the process with SIGILL on a CPU without it, and no exception says so.
 */
public final class Nd4jNatives {
  /** JavaCPP loads natives of these extensions before plain ones. */
  private static final String EXTENSION = "org.bytedeco.javacpp.platform.extension";

  private static final String CACHE = "org.bytedeco.javacpp.cachedir";
  private static final String CLASSES = "org/nd4j/linalg/cpu/nativecpu/CpuBackend.class";
  private static final String BINDINGS = "org/nd4j/linalg/cpu/nativecpu/bindings/linux-x86_64";
  private static final String LIBRARY = "/libnd4jcpu.so";
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  /** The classifiers of ND4J's natives, with what Linux calls the instructions that they need. */
  private static final Map<String, List<String>> NEEDED = needed();

  private Nd4jNatives() {}

  private static Map<String, List<String>> needed() {
    Map<String, List<String>> needed = new LinkedHashMap<>();
    needed.put("-avx512", List.of("avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"));
    needed.put("-avx2", List.of("avx2", "fma"));
    return needed;
  }

  /**
   * Refuses to go on where ND4J cannot load.
   *
   * @throws IllegalStateException that says what is missing and what to do
   */
  public static void require() {
    String obstacle = obstacle();
    if (obstacle != null) {
      throw new IllegalStateException(obstacle);
    }
  }

  /** Returns what keeps ND4J from loading, in one sentence; null where nothing is known to. */
  public static @Nullable String obstacle() {
    String ofClassPath = classPathObstacle();
    return ofClassPath != null ? ofClassPath : cacheObstacle();
  }

  /** Returns what is wrong with the natives on the class path for this CPU; null if nothing. */
  public static @Nullable String classPathObstacle() {
    return OfClassPath.OBSTACLE;
  }

  /** Neither changes while a process runs. */
  private static final class OfClassPath {
    static final @Nullable String OBSTACLE =
        obstacle(Nd4jNatives::isOnClassPath, cpuFlags(), System.getProperty(EXTENSION));
  }

  /**
   * Compares natives and CPU.
   *
   * @param cpuFlags what Linux says of the CPU; null where nobody says anything
   * @param extension the one that JavaCPP is told to look for; null for any
   */
  static @Nullable String obstacle(
      Predicate<String> onClassPath, @Nullable List<String> cpuFlags, @Nullable String extension) {
    boolean anyNatives =
        Stream.concat(Stream.of(""), NEEDED.keySet().stream())
            .anyMatch(each -> onClassPath.test(BINDINGS + each + LIBRARY));
    if (anyNatives && !onClassPath.test(CLASSES)) {
      return "ND4J's natives are on the class path but its classes are not: add"
          + " org.nd4j:nd4j-native without a classifier to the one that you have";
    }
    if (cpuFlags == null) {
      return null;
    }
    for (Map.Entry<String, List<String>> natives : NEEDED.entrySet()) {
      boolean loaded =
          onClassPath.test(BINDINGS + natives.getKey() + LIBRARY)
              && (extension == null || extension.equals(natives.getKey()));
      if (loaded && !cpuFlags.containsAll(natives.getValue())) {
        return unsuitable(natives.getKey(), natives.getValue(), cpuFlags);
      }
    }
    return null;
  }

  private static String unsuitable(String extension, List<String> needed, List<String> cpuFlags) {
    return "ND4J's natives on the class path, org.nd4j:nd4j-native with the classifier linux-x86_64"
        + extension
        + ", need a CPU with "
        + String.join(", ", needed)
        + " but this one lacks "
        + String.join(", ", needed.stream().filter(flag -> !cpuFlags.contains(flag)).toList())
        + "; leave that dependency out, so that those with the classifier linux-x86_64 are loaded,"
        + " or, where both are there, start Java with -D"
        + EXTENSION
        + "=";
  }

  /** Returns why JavaCPP cannot unpack natives; null where it can. */
  private static @Nullable String cacheObstacle() {
    try {
      Objects.requireNonNull(Loader.getCacheDir());
      return null;
    } catch (IOException e) {
      String named = System.getProperty(CACHE);
      return "native libraries are unpacked into a cache: expected a folder that may be written but "
          + (named == null ? "" : named + ", ")
          + System.getProperty("user.home")
          + "/.javacpp/cache and the folder for temporary files, "
          + System.getProperty("java.io.tmpdir")
          + ", may not be; name a folder with 600 MB of room with -D"
          + CACHE
          + "=DIR";
    }
  }

  private static boolean isOnClassPath(String resource) {
    return Nd4jNatives.class.getClassLoader().getResource(resource) != null;
  }

  /** What Linux says of the first core; null elsewhere. */
  private static @Nullable List<String> cpuFlags() {
    if (!Files.isReadable(CPU_INFO)) {
      return null;
    }
    try (Stream<String> lines = Files.lines(CPU_INFO)) {
      return lines
          .filter(line -> line.startsWith("flags"))
          .findFirst()
          .map(line -> Arrays.asList(line.split("\\s+", -1)))
          .orElse(null);
    } catch (IOException e) {
      return null;
    }
  }
}
