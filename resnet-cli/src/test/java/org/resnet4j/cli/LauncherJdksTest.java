package org.resnet4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The command line prints no warning under any JDK of this machine, with the options that the
 * launcher passes.
 */
class LauncherJdksTest {
  private static final Pattern VERSION =
      Pattern.compile("^JAVA_VERSION=\"(\\d+)", Pattern.MULTILINE);

  @TempDir static Path shared;
  @TempDir Path folder;

  private static Path data;

  @BeforeAll
  static void writeImages() throws IOException {
    data = TwoClassImages.write(shared.resolve("data"));
  }

  /** Returns the JDK that runs this test and those in the usual folders of Linux distributions. */
  static Stream<Path> jdks() throws IOException {
    List<Path> found = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"))));
    Path others = Path.of("/usr/lib/jvm");
    if (Files.isDirectory(others)) {
      try (Stream<Path> folders = Files.list(others)) {
        folders.filter(home -> Files.isExecutable(home.resolve("bin/java"))).forEach(found::add);
      }
    }
    List<Path> distinct = new ArrayList<>();
    for (Path home : found) {
      Path real = home.toRealPath();
      if (feature(real) >= 17 && !distinct.contains(real)) {
        distinct.add(real);
      }
    }
    return distinct.stream();
  }

  private static int feature(Path home) throws IOException {
    Path release = home.resolve("release");
    Matcher version = VERSION.matcher(Files.exists(release) ? Files.readString(release) : "");
    return version.find() ? Integer.parseInt(version.group(1)) : 0;
  }

  @ParameterizedTest
  @MethodSource("jdks")
  @Tag("slow")
  void doctorTrainAndClassifyPrintNoWarning(Path home) throws Exception {
    Path run = folder.resolve("run");
    quiet(home, "doctor");
    quiet(home, TwoClassImages.train(data, "--model resnet8 --epochs 1 --input 3x24x24", run));
    quiet(home, "classify", data.resolve("test/class0/1.png").toString(), "--model", "" + run);
  }

  @Test
  void everyJdkGetsOnlyOptionsThatItSupports() throws Exception {
    assertThat(options(release("17.0.15"))).isEmpty();
    assertThat(options(release("21.0.7"))).isEmpty();
    assertThat(options(release("25.0.3")))
        .containsExactly(
            "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");
    assertThat(options(folder.resolve("no-jdk"))).isEmpty();
  }

  private Path release(String version) throws IOException {
    Path home = Files.createDirectory(folder.resolve(version));
    Files.writeString(
        home.resolve("release"),
        "IMPLEMENTOR=\"Anybody\"\nJAVA_VERSION=\"%s\"\n".formatted(version));
    return home;
  }

  private void quiet(Path home, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(home.resolve("bin/java").toString()));
    command.addAll(options(home));
    command.addAll(
        List.of(
            "-Djava.awt.headless=true",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            Main.class.getName()));
    command.addAll(Arrays.asList(arguments));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    int status = process.waitFor();
    String printed = Files.readString(err);
    assertThat(status).as(printed).isZero();
    assertThat(printed.lines())
        .as("%s under %s", String.join(" ", arguments), home)
        .noneMatch(line -> line.regionMatches(true, 0, "warning", 0, "warning".length()))
        .noneMatch(line -> line.contains("org.bytedeco"));
  }

  /** Returns the options that the launcher chooses for a JDK. */
  private static List<String> options(Path home) throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "the launcher is for bash");
    Process shell =
        new ProcessBuilder(
                "/bin/bash",
                "-c",
                "set -euo pipefail; eval \"$(sed -n '/^jdk_options()/,/^}/p' \"$1\")\"; jdk_options \"$2\"",
                "bash",
                Path.of("..", "resnet").toAbsolutePath().toString(),
                home.toString())
            .redirectErrorStream(true)
            .start();
    String printed = new String(shell.getInputStream().readAllBytes(), UTF_8).strip();
    assertThat(shell.waitFor()).as(printed).isZero();
    return printed.isEmpty() ? List.of() : List.of(printed.split("\\s+", -1));
  }
}
