package org.resnet4j.spark;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A master and workers of Spark as processes of their own, on loopback, from a folder as a
 * distribution has it: Spark's jars, and none of ours. Messages are authenticated and encrypted.
 */
final class StandaloneCluster implements AutoCloseable {
  private static final int MOST_TRIES = 600;

  private final Path folder;
  private final List<Process> processes = new ArrayList<>();
  private final String master;
  private final List<Path> ours = new ArrayList<>();

  /** Starts a cluster of {@code workers}, of one core each. */
  StandaloneCluster(Path folder, int workers) throws IOException, InterruptedException {
    this.folder = folder;
    Path jars = Files.createDirectories(folder.resolve("jars"));
    Files.createFile(folder.resolve("RELEASE"));
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path path = Path.of(entry);
      if (Files.isDirectory(path)) {
        ours.add(jar(path, folder.resolve("ours-" + ours.size() + ".jar")));
      } else if (isOurs(path)) {
        ours.add(path);
      } else if (Files.isRegularFile(path) && !isOfTests(path)) {
        Files.createSymbolicLink(jars.resolve(path.getFileName()), path);
      }
    }
    int port = freePort();
    master = "spark://127.0.0.1:" + port;
    start("master", "org.apache.spark.deploy.master.Master", "--port", String.valueOf(port));
    awaitMaster(port);
    for (int i = 0; i < workers; i++) {
      start(
          "worker-" + i,
          "org.apache.spark.deploy.worker.Worker",
          "--cores",
          "1",
          "--memory",
          "1g",
          "--work-dir",
          folder.resolve("work-" + i).toString(),
          master);
    }
  }

  /**
   * Returns whether {@code --packages} would bring a jar: those of this project and what it needs.
   */
  private static boolean isOurs(Path jar) {
    return Pattern.compile(
            "/(org/(resnet4j|deeplearning4j|nd4j|bytedeco|datavec|jspecify)/|resnet-[a-z0-9-]+/target/)")
        .matcher(jar.toString())
        .find();
  }

  private static boolean isOfTests(Path jar) {
    return Pattern.compile("/(org/(junit|assertj|opentest4j|apiguardian)|net/bytebuddy|surefire)")
        .matcher(jar.toString())
        .find();
  }

  private static Path jar(Path classes, Path target) throws IOException {
    try (OutputStream out = Files.newOutputStream(target);
        JarOutputStream jar = new JarOutputStream(out);
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        jar.putNextEntry(new JarEntry(classes.relativize(file).toString().replace('\\', '/')));
        Files.copy(file, jar);
      }
    }
    return target;
  }

  /** Returns what sessions of this cluster are configured with. */
  static Map<String, String> security() {
    return Map.of(
        "spark.authenticate", "true",
        "spark.authenticate.secret", "of this test",
        "spark.network.crypto.enabled", "true",
        "spark.master.rest.enabled", "false"); // 4.x refuses it beside a secret
  }

  private void start(String name, String main, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-cp", folder.resolve("jars") + "/*"));
    security().forEach((key, value) -> command.add("-D" + key + "=" + value));
    command.addAll(List.of(main, "--host", "127.0.0.1", "--webui-port", "0"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(name + ".log").toFile());
    builder.environment().put("SPARK_HOME", folder.toString());
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder.environment().put("SPARK_SCALA_VERSION", "2.13"); // as load-spark-env.sh
    processes.add(builder.start());
  }

  private static int freePort() throws IOException {
    try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return any.getLocalPort();
    }
  }

  private void awaitMaster(int port) throws IOException, InterruptedException {
    for (int i = 0; i < MOST_TRIES; i++) {
      try {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
        return;
      } catch (ConnectException e) {
        Thread.sleep(100);
      }
    }
    close();
    throw new IOException(Files.readString(folder.resolve("master.log")));
  }

  /** Returns the master's URL. */
  String master() {
    return master;
  }

  /** Returns the jars that an application brings. */
  String jars() {
    return ours.stream().map(Path::toString).collect(Collectors.joining(","));
  }

  /** Returns the executors that run now. */
  List<ProcessHandle> executors() {
    return processes.stream()
        .flatMap(process -> process.toHandle().descendants())
        .filter(process -> process.info().commandLine().orElse("").contains("ExecutorBackend"))
        .toList();
  }

  @Override
  public void close() {
    executors().forEach(ProcessHandle::destroyForcibly);
    processes.forEach(Process::destroyForcibly);
  }
}
