package org.resnet4j.graph;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Native libraries that cannot load are refused in a sentence before ND4J loads them. */
class Nd4jNativesTest {
  private static final String CLASSES = "org/nd4j/linalg/cpu/nativecpu/CpuBackend.class";
  private static final String PLAIN = natives("");
  private static final String AVX2 = natives("-avx2");
  private static final String AVX512 = natives("-avx512");
  private static final List<String> ZEN2 = List.of("flags", ":", "fpu", "avx", "avx2", "fma");
  private static final List<String> SKYLAKE =
      List.of("avx2", "fma", "avx512f", "avx512dq", "avx512cd", "avx512bw", "avx512vl");

  private static String natives(String extension) {
    return "org/nd4j/linalg/cpu/nativecpu/bindings/linux-x86_64" + extension + "/libnd4jcpu.so";
  }

  @Test
  void nativesForAvx512AreRefusedOnACpuWithoutIt() {
    assertThat(Nd4jNatives.obstacle(Set.of(CLASSES, AVX512)::contains, ZEN2, null))
        .startsWith(
            "ND4J's natives on the class path, org.nd4j:nd4j-native with the classifier linux-x86_64-avx512, need a CPU with avx512f, ")
        .contains("but this one lacks avx512f, avx512cd, avx512bw, avx512dq, avx512vl; leave");
    assertThat(Nd4jNatives.obstacle(Set.of(CLASSES, PLAIN, AVX512)::contains, ZEN2, null))
        .contains("linux-x86_64-avx512");
    assertThat(Nd4jNatives.obstacle(Set.of(CLASSES, AVX2)::contains, List.of("avx"), null))
        .contains("linux-x86_64-avx2", "lacks avx2, fma;");
  }

  @Test
  void nativesThatTheCpuSupportsAreAccepted() {
    assertThat(Nd4jNatives.obstacle(Set.of(CLASSES, AVX512)::contains, SKYLAKE, null)).isNull();
    assertThat(Nd4jNatives.obstacle(Set.of(CLASSES, AVX2)::contains, ZEN2, null)).isNull();
    assertThat(Nd4jNatives.obstacle(Set.of(CLASSES, PLAIN)::contains, List.of(), null)).isNull();
    assertThat(Nd4jNatives.obstacle(Set.of(CLASSES, AVX512)::contains, null, null)).isNull();
  }

  /** JavaCPP loads only the natives of the configured platform extension. */
  @Test
  void avx512NativesThatJavaCppDoesNotLoadAreAccepted() {
    Set<String> all = Set.of(CLASSES, PLAIN, AVX2, AVX512);
    assertThat(Nd4jNatives.obstacle(all::contains, ZEN2, "")).isNull();
    assertThat(Nd4jNatives.obstacle(all::contains, ZEN2, "-avx2")).isNull();
    assertThat(Nd4jNatives.obstacle(all::contains, ZEN2, "-avx512")).isNotNull();
  }

  @Test
  void nativesWithoutClassesAreRefused() {
    assertThat(Nd4jNatives.obstacle(Set.of(AVX512)::contains, SKYLAKE, null))
        .isEqualTo(
            "ND4J's natives are on the class path but its classes are not: add org.nd4j:nd4j-native without a classifier to the one that you have");
    assertThat(Nd4jNatives.obstacle(name -> false, SKYLAKE, null)).isNull();
  }

  /** The folders are below a regular file, where even root cannot write. */
  @Test
  void unwritableCacheIsReportedBeforeANetworkIsCreated(@TempDir Path folder) throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dorg.bytedeco.javacpp.cachedir=" + file.resolve("cache"),
                "-Duser.home=" + file.resolve("home"),
                "-Djava.io.tmpdir=" + file.resolve("tmp"),
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                Program.class.getName())
            .redirectErrorStream(true)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(printed).isOne();
    assertThat(printed)
        .contains(
            "native libraries are unpacked into a cache: expected a writable folder but "
                + file.resolve("cache")
                + ", "
                + file.resolve("home")
                + "/.javacpp/cache and the folder for temporary files, "
                + file.resolve("tmp")
                + ", cannot be written; name a folder with 600 MB of free space with -Dorg.bytedeco.javacpp.cachedir=DIR");
  }

  /** The first call of a program. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) {
      Nd4jNatives.require();
    }
  }
}
