package org.resnet4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The launcher reads the limits of control groups, here from file trees as Linux lays them out. */
class LauncherTest {
  private static final String UNIFIED =
      "35 24 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n";

  @TempDir Path root;

  @BeforeEach
  void machineOf24Gigabytes() throws IOException {
    put("proc/meminfo", "MemTotal:       24683656 kB\nMemFree:        20796440 kB\n");
  }

  @Test
  void machineWithoutCgroupLimitsReportsItsOwnMemory() throws Exception {
    put("proc/self/mountinfo", UNIFIED);
    put("proc/self/cgroup", "0::/user.slice\n");
    put("sys/fs/cgroup/user.slice/memory.max", "max\n");
    put("sys/fs/cgroup/user.slice/cpu.max", "max 100000\n");
    assertThat(limits()).isEqualTo("24105 9999");
  }

  @Test
  void tightestLimitOfNestedCgroupsV2Applies() throws Exception {
    put("proc/self/mountinfo", UNIFIED);
    put("proc/self/cgroup", "0::/pods/pod1/c:1\n");
    put("sys/fs/cgroup/pods/cpu.max", "150000 100000\n");
    put("sys/fs/cgroup/pods/pod1/memory.max", "2147483648\n");
    put("sys/fs/cgroup/pods/pod1/c:1/memory.max", "8589934592\n");
    put("sys/fs/cgroup/pods/pod1/c:1/cpu.max", "400000 100000\n");
    assertThat(limits()).isEqualTo("2048 2");
  }

  @Test
  void cgroupV1LimitsAreReadBesideAnEmptyV2Hierarchy() throws Exception {
    put(
        "proc/self/mountinfo",
        """
        32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
        35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
        41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
        """);
    put("proc/self/cgroup", "4:memory:/job\n2:cpu,cpuacct:/job\n1:name=systemd:/x\n0::/\n");
    put("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    put("sys/fs/cgroup/memory/job/memory.limit_in_bytes", "3221225472\n");
    put("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
    put("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
    put("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "50000\n");
    put("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "100000\n");
    Files.createDirectories(root.resolve("sys/fs/cgroup/unified"));
    assertThat(limits()).isEqualTo("3072 1");
  }

  /** The layout is Docker's on control groups version 1, with a path that is not visible. */
  @Test
  void limitsAreReadWhereTheMountBeginsAtTheCgroup() throws Exception {
    put(
        "proc/self/mountinfo",
        """
        667 658 0:32 /docker/0a1b /sys/fs/cgroup/memory ro master:15 - cgroup cgroup rw,memory
        668 658 0:33 / /sys/fs/cgroup/cpu ro master:16 - cgroup cgroup rw,cpu
        """);
    put("proc/self/cgroup", "4:memory:/docker/0a1b\n3:cpu:/../../gone\n");
    put("sys/fs/cgroup/memory/memory.limit_in_bytes", "536870912\n");
    put("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "300000\n");
    put("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
    assertThat(limits()).isEqualTo("512 3");
  }

  @ParameterizedTest
  @CsvSource({
    "2048, -Xms128m -XX:+UseSerialGC",
    "100, -Xms100m -XX:+UseSerialGC",
    "2048 -Ddata=here, -Xms128m -XX:+UseSerialGC",
    "2048 -XX:+UseG1GC, -Xms128m",
    "2048 -Xmx16m, -XX:+UseSerialGC",
  })
  void aCollectorOrHeapOfTheUserIsKept(String set, String expected) throws Exception {
    assertThat(function("heap_options", set)).isEqualTo(expected);
  }

  /** Returns what a function of the launcher prints for {@code words}. */
  private String function(String name, String words) throws Exception {
    String script = "set -euo pipefail; eval \"$(sed -n '/^%1$s()/,/^}/p' \"$1\")\"; %1$s %2$s";
    return shell(script.formatted(name, words), "", "").strip().replace('\n', ' ');
  }

  @ParameterizedTest
  @CsvSource({
    "C, '', utf8",
    "POSIX, '', utf8",
    "'', '', utf8",
    "xx_XX.UTF-8, '', utf8",
    "C.UTF-8, '', C.UTF-8",
    "'', C.UTF-8, ''",
  })
  void onlyALocaleWithoutLettersIsReplaced(String lcAll, String lang, String expected)
      throws Exception {
    String script = "set -euo pipefail; eval \"$(sed -n '/^utf8_locale()/,/^}/p' \"$1\")\"; ";
    String locale = shell(script + "utf8_locale; echo \"${LC_ALL:-}\"", lcAll, lang).strip();
    if (expected.equals("utf8")) {
      assertThat(locale).matches("(?i)(C|en_US)\\.utf-?8");
    } else {
      assertThat(locale).isEqualTo(expected);
    }
  }

  /** The names are made by the shell, because this process may have another locale. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void foldersWithAccentsAreListedInABareContainer() throws Exception {
    String script =
        "set -euo pipefail; mkdir \"$2\"/$'\\303\\251t\\303\\251' \"$2\"/$'\\303\\250t\\303\\250';"
            + " eval \"$(sed -n '/^utf8_locale()/,/^}/p' \"$1\")\"; utf8_locale; \"$3\" -cp \"$4\""
            + " \"$5\" \"$2\"";
    assertThat(shell(script, "C", "").lines())
        .containsExactlyInAnyOrder("\\u00e9t\\u00e9", "\\u00e8t\\u00e8", "proc");
  }

  /** Java is a script here, which writes the archive that it is told to. */
  @Test
  void classDataArchiveIsMadeOncePerBuildAndOnlyUsedWhole() throws Exception {
    put("jdk/release", "JAVA_VERSION=\"17.0.15\"\n");
    put(
        "jdk/bin/java",
        "#!/bin/bash\necho run >> \"" + root + "/runs\"; printf 0123456789 > \"${1#*=}\"\n");
    put("target/classpath.txt", "");
    makeOld("target/classpath.txt");
    assertThat(root.resolve("jdk/bin/java").toFile().setExecutable(true)).isTrue();
    Path archive = Path.of(classData("target"));
    assertThat(archive.getFileName().toString()).matches("class-data-[0-9]+-10\\.jsa");
    assertThat(archive).hasContent("0123456789");
    assertThat(classData("target")).isEqualTo(archive.toString());
    assertThat(root.resolve("runs")).hasContent("run");
    Files.writeString(archive, "012345");
    assertThat(classData("target")).as("an archive that is cut short").isEmpty();
    Files.setLastModifiedTime(
        root.resolve("target/classpath.txt"),
        FileTime.from(Instant.now().plus(1, ChronoUnit.HOURS)));
    assertThat(classData("target")).as("after a build").isEqualTo(archive.toString());
    assertThat(root.resolve("runs")).hasContent("run\nrun");
  }

  @Test
  void launcherWorksWithoutAClassDataArchive() throws Exception {
    put("target/classpath.txt", "");
    makeOld("target/classpath.txt");
    assertThat(classData("target")).as("a JDK without its release file").isEmpty();
    put("jdk/release", "JAVA_VERSION=\"17.0.15\"\n");
    assertThat(classData("missing")).as("a folder that cannot be written").isEmpty();
    put("jdk/bin/java", "#!/bin/bash\necho run >> \"" + root + "/runs\"; exit 1\n");
    assertThat(root.resolve("jdk/bin/java").toFile().setExecutable(true)).isTrue();
    assertThat(classData("target")).as("a JDK that makes none").isEmpty();
    assertThat(classData("target")).isEmpty();
    assertThat(root.resolve("runs")).as("it is tried once").hasContent("run");
  }

  private void makeOld(String path) throws IOException {
    Files.setLastModifiedTime(
        root.resolve(path), FileTime.from(Instant.now().minus(1, ChronoUnit.HOURS)));
  }

  private String classData(String folder) throws Exception {
    return shell(
            "set -euo pipefail; eval \"$(sed -n '/^class_data()/,/^}/p' \"$1\")\"; class_data \"$2/jdk\""
                + " \"$2/"
                + folder
                + "\" no.jar \"$2/target/classpath.txt\"; echo \"$archive\"",
            "C",
            "")
        .strip();
  }

  /** Prints the names in a folder for {@link #foldersWithAccentsAreListedInABareContainer}. */
  public static void main(String[] arguments) throws IOException {
    try (Stream<Path> files = Files.list(Path.of(arguments[0]))) {
      files.map(file -> file.getFileName().toString()).forEach(LauncherTest::print);
    }
  }

  private static void print(String name) {
    StringBuilder escaped = new StringBuilder();
    name.chars()
        .forEach(
            c -> {
              if (c < 128) {
                escaped.append((char) c);
              } else {
                escaped.append(String.format(Locale.ROOT, "\\u%04x", c));
              }
            });
    System.out.println(escaped);
  }

  private String shell(String script, String lcAll, String lang) throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "the launcher is for bash");
    ProcessBuilder builder =
        new ProcessBuilder(
            "/bin/bash",
            "-c",
            script,
            "bash",
            Path.of("..", "resnet").toAbsolutePath().toString(),
            root.toString(),
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            LauncherTest.class.getName());
    builder.environment().keySet().removeAll(List.of("LC_ALL", "LC_CTYPE", "LANG"));
    builder.environment().put("LC_ALL", lcAll);
    builder.environment().put("LANG", lang);
    Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    return out;
  }

  private void put(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  /** Runs the launcher's function in a shell of its own. */
  private String limits() throws Exception {
    Path launcher = Path.of("..", "resnet").toAbsolutePath();
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "the launcher is for bash");
    Process shell =
        new ProcessBuilder(
                "/bin/bash",
                "-c",
                "set -euo pipefail; eval \"$(sed -n '/^limits()/,/^}/p' \"$1\")\"; limits \"$2\"",
                "bash",
                launcher.toString(),
                root.toString())
            .redirectErrorStream(true)
            .start();
    String answer = new String(shell.getInputStream().readAllBytes(), UTF_8).strip();
    assertThat(shell.waitFor()).as(answer).isZero();
    return answer;
  }
}
