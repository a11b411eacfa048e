package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A JVM of its own for a main class, since OpenMP reads its environment once. */
final class ChildJvm {
  private static final long SECONDS = 180;

  private ChildJvm() {}

  /**
   * Returns what {@code main} printed; it must end with exit code 0.
   *
   * @param environment variables of OpenMP; there are no others of it
   * @param javaOptions options of Java before the class path
   */
  static String run(
      Class<?> main, Map<String, String> environment, Path folder, String... javaOptions)
      throws IOException, InterruptedException {
    Path log = folder.resolve("log.txt");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(javaOptions));
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(main.getName());
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("OMP_"));
    builder.environment().put("OMP_WAIT_POLICY", "passive");
    builder.environment().putAll(environment);
    Process process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).as("ends: " + environment).isTrue();
    } finally {
      process.destroyForcibly();
    }
    String printed = Files.readString(log);
    assertThat(process.exitValue()).as(printed).isZero();
    return printed;
  }
}
