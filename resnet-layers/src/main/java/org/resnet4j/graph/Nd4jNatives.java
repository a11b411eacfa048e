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
 * Finds reasons for which ND4J's native libraries cannot load, before ND4J loads them. Natives for
 * AVX-512 otherwise end the process with SIGILL, without an exception, on a CPU without it.
 */
public final class Nd4jNatives {
  /** The system property with extensions of natives that JavaCPP loads before plain ones. */
  private static final String EXTENSION = "org.bytedeco.javacpp.platform.extension";

  private static final String CACHE = "org.bytedeco.javacpp.cachedir";
  private static final String CLASSES = "org/nd4j/linalg/cpu/nativecpu/CpuBackend.class";
  private static final String BINDINGS = "org/nd4j/linalg/cpu/nativecpu/bindings/linux-x86_64";
  private static final String LIBRARY = "/libnd4jcpu.so";
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  /** The classifiers of ND4J's natives, with Linux's names of the CPU features that they need. */
  private static final Map<String, List<String>> NEEDED = needed();

  private Nd4jNatives() {}

  private static Map<String, List<String>> needed() {
    Map<String, List<String>> needed = new LinkedHashMap<>();
    needed.put("-avx512", List.of("avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"));
    needed.put("-avx2", List.of("avx2", "fma"));
    return needed;
  }

  /**
   * Throws if ND4J cannot load.
   *
   * @throws IllegalStateException with the reason and the remedy
   */
  public static void require() {
    String obstacle = obstacle();
    if (obstacle != null) {
      throw new IllegalStateException(obstacle);
    }
  }

  /** Returns the reason for which ND4J cannot load, in one sentence; null if none is known. */
  public static @Nullable String obstacle() {
    String ofClassPath = classPathObstacle();
    return ofClassPath != null ? ofClassPath : cacheObstacle();
  }

  /**
   * Returns the reason for which the natives on the class path cannot run on this CPU; null if none
   * is known.
   */
  public static @Nullable String classPathObstacle() {
    return OfClassPath.OBSTACLE;
  }

  /** A holder of the result, which does not change while a process runs. */
  private static final class OfClassPath {
    static final @Nullable String OBSTACLE =
        obstacle(Nd4jNatives::isOnClassPath, cpuFlags(), System.getProperty(EXTENSION));
  }

  /**
   * Compares the natives with the CPU.
   *
   * @param cpuFlags CPU features listed by Linux; null if unknown
   * @param extension the extension that JavaCPP is told to load; null for any
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

  /** Returns the reason for which JavaCPP cannot unpack natives; null if it can. */
  private static @Nullable String cacheObstacle() {
    try {
      Objects.requireNonNull(Loader.getCacheDir());
      return null;
    } catch (IOException e) {
      String named = System.getProperty(CACHE);
      return "native libraries are unpacked into a cache: expected a writable folder but "
          + (named == null ? "" : named + ", ")
          + System.getProperty("user.home")
          + "/.javacpp/cache and the folder for temporary files, "
          + System.getProperty("java.io.tmpdir")
          + ", cannot be written; name a folder with 600 MB of free space with -D"
          + CACHE
          + "=DIR";
    }
  }

  private static boolean isOnClassPath(String resource) {
    return Nd4jNatives.class.getClassLoader().getResource(resource) != null;
  }

  /** Returns the features of the first core on Linux; null elsewhere. */
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
