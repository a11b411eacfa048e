package org.resnet4j.run;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The programs and the machine that a model was made with.
 *
 * @param java vendor and version of the virtual machine
 * @param cpu model, or the architecture if the model cannot be read
 * @param cores available to the virtual machine
 * @param memoryGigabytes of the machine, in units of 10⁹ bytes
 * @param backend of ND4J
 */
public record Environment(
    String resnet4j,
    String deeplearning4j,
    String java,
    String system,
    String cpu,
    int cores,
    double memoryGigabytes,
    String backend) {

  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  /** Returns the environment of this process. */
  public static Environment here() {
    return new Environment(
        Objects.requireNonNullElse(
            Environment.class.getPackage().getImplementationVersion(), "development"),
        deeplearning4jVersion(),
        System.getProperty("java.vendor") + " " + System.getProperty("java.version"),
        "%s %s".formatted(System.getProperty("os.name"), System.getProperty("os.arch")),
        cpuModel(),
        Runtime.getRuntime().availableProcessors(),
        memoryOfMachine(),
        Nd4j.getBackend().getClass().getSimpleName());
  }

  private static String deeplearning4jVersion() {
    String path = "/META-INF/maven/org.deeplearning4j/deeplearning4j-nn/pom.properties";
    Properties properties = new Properties();
    try (InputStream in = ComputationGraph.class.getResourceAsStream(path)) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      // The version is informative; training does not depend on it.
    }
    return properties.getProperty("version", "unknown");
  }

  private static String cpuModel() {
    String otherwise = System.getProperty("os.arch", "unknown");
    if (!Files.isReadable(CPU_INFO)) {
      return otherwise;
    }
    try (Stream<String> lines = Files.lines(CPU_INFO, StandardCharsets.UTF_8)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(otherwise);
    } catch (IOException e) {
      return otherwise;
    }
  }

  private static double memoryOfMachine() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? Math.round(system.getTotalMemorySize() / 1e8) / 10.0
        : 0;
  }
}
