package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Many threads may call the engine: they share its team of OpenMP threads. */
class ManyCallersTest {
  private static final int CALLERS = 100;

  private static final int TEAM = 4;

  /** The number of callers at once where the JDK has no virtual threads. */
  private static final int POOL = 8;

  /** The threads that a JVM and ND4J may start by themselves while the callers are alive. */
  private static final int OTHERS = 20;

  @TempDir Path folder;

  @Test
  @EnabledOnOs(OS.LINUX)
  void callersAddNoOpenMpThreads() throws IOException, InterruptedException {
    String printed =
        ChildJvm.run(Counting.class, Map.of("OMP_NUM_THREADS", Integer.toString(TEAM)), folder);
    assertThat(printed)
        .contains("all equal")
        .contains("the first team had " + (TEAM - 1) + " workers, of which 0 live");
    long added = Long.parseLong(printed.replaceAll("(?s).*added (\\d+) threads.*", "$1"));
    // With a team for every caller there would be CALLERS · TEAM.
    assertThat(added).isBetween((long) CALLERS, (long) CALLERS + TEAM + OTHERS);
  }

  /** Calls a network in many threads, all alive, and counts the threads of the process. */
  static final class Counting {
    private Counting() {}

    public static void main(String[] arguments) throws Exception {
      INDArray images = Samples.images(1, 2, 3, 8, 8);
      AtomicReference<String> different = new AtomicReference<>("all equal");
      try (CompiledNetwork compiled =
          OneDnn.compile(
              AcceleratedGraphTest.network(Samples.base()), CompileOptions.inference())) {
        long before = threads();
        INDArray expected = compiled.output(images);
        List<Thread> firstTeam = teams();
        CountDownLatch computed = new CountDownLatch(CALLERS);
        CountDownLatch counted = new CountDownLatch(1);
        for (int i = 0; i < CALLERS; i++) {
          Thread caller =
              new Thread(
                  () -> {
                    if (!compiled.output(images).equals(expected)) {
                      different.set("different");
                    }
                    computed.countDown();
                    try {
                      counted.await();
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  });
          caller.setDaemon(true);
          caller.start();
        }
        computed.await();
        System.out.println("added " + (threads() - before) + " threads, " + different.get());
        compiled.output(images);
        System.out.printf(
            Locale.ROOT,
            "the first team had %d workers, of which %d live%n",
            firstTeam.size(),
            firstTeam.stream().filter(Thread::isAlive).count());
        counted.countDown();
      }
      System.exit(0);
    }

    /** Returns OpenMP's workers that have run Java. */
    private static List<Thread> teams() {
      return Thread.getAllStackTraces().keySet().stream()
          .filter(thread -> "resnet4j-openmp".equals(thread.getName()))
          .toList();
    }
  }

  /** Returns the number of threads of this process. */
  private static long threads() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("Threads:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .sum();
  }

  @Test
  void twoClassifiersAndATrainingAtOnceComputeWhatEachComputesAlone() throws Exception {
    ComputationGraph alone = AcceleratedGraphTest.network(Samples.base());
    ComputationGraph beside = AcceleratedGraphTest.network(Samples.base());
    INDArray images = Samples.images(1, 3, 3, 8, 8);
    int steps = 20;
    ComputationGraph trainedAlone = OneDnn.accelerate(alone);
    for (int i = 0; i < steps; i++) {
      trainedAlone.fit(Samples.batch(i, Samples.CLASSES, 4, 3, 8, 8));
    }
    ExecutorService threads = callers();
    try (CompiledNetwork one = OneDnn.compile(beside, CompileOptions.inference());
        CompiledNetwork two = OneDnn.compile(alone, CompileOptions.inference())) {
      INDArray ofOne = one.output(images);
      INDArray ofTwo = two.output(images);
      ComputationGraph training = OneDnn.accelerate(beside);
      List<Future<Boolean>> answers = new ArrayList<>();
      for (int i = 0; i < 10 * steps; i++) {
        answers.add(threads.submit(() -> one.output(images).equals(ofOne)));
        answers.add(threads.submit(() -> two.output(images).equals(ofTwo)));
      }
      for (int i = 0; i < steps; i++) {
        training.fit(Samples.batch(i, Samples.CLASSES, 4, 3, 8, 8));
      }
      for (Future<Boolean> answer : answers) {
        assertThat(answer.get()).isTrue();
      }
      assertThat(training.params()).isEqualTo(trainedAlone.params());
    } finally {
      threads.shutdown();
    }
  }

  /** A virtual thread that waits for its turn holds no thread of the operating system. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void tenThousandCallersAtOnceGetTheirAnswers() throws Exception {
    INDArray images = Samples.images(1, 2, 3, 8, 8);
    ExecutorService threads = callers();
    try (CompiledNetwork compiled =
        OneDnn.compile(AcceleratedGraphTest.network(Samples.base()), CompileOptions.inference())) {
      INDArray expected = compiled.output(images);
      long before = threads();
      CountDownLatch all = new CountDownLatch(1);
      List<Future<Boolean>> answers = new ArrayList<>();
      for (int i = 0; i < 10_000; i++) {
        answers.add(
            threads.submit(
                () -> {
                  all.await();
                  return compiled.output(images).equals(expected);
                }));
      }
      all.countDown();
      long most = before;
      for (Future<Boolean> answer : answers) {
        assertThat(answer.get()).isTrue();
        most = Math.max(most, threads());
      }
      assertThat(most - before)
          .isLessThanOrEqualTo(Runtime.getRuntime().availableProcessors() + POOL + OTHERS);
    } finally {
      threads.shutdown();
    }
  }

  /** Returns a virtual thread for every call where the JDK has them (21 and later). */
  private static ExecutorService callers() throws ReflectiveOperationException {
    return Runtime.version().feature() < 21
        ? Executors.newFixedThreadPool(POOL)
        : (ExecutorService)
            Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
  }

  @Test
  void anInterruptedCallerGetsItsAnswerAndStaysInterrupted() {
    INDArray images = Samples.images(1, 2, 3, 8, 8);
    try (CompiledNetwork compiled =
        OneDnn.compile(AcceleratedGraphTest.network(Samples.base()), CompileOptions.inference())) {
      INDArray expected = compiled.output(images);
      Thread.currentThread().interrupt();
      assertThat(compiled.output(images)).isEqualTo(expected);
      assertThat(Thread.interrupted()).isTrue();
    }
  }
}
