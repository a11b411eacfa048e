package org.resnet4j.training;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.run.RunRecord;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.StageName;

/** Fine-tuning in a process of its own that is killed, or whose files cannot grow. */
@Tag("slow")
@DisabledOnOs(OS.WINDOWS)
class KilledFineTuneTest {
  private static final int KILLS = Integer.getInteger("kills", 10);
  private static final int EPOCHS = 12;
  private static final String STARTED = "started";
  private static final String REFUSED = "refused: ";

  @TempDir Path folder;

  /** Fine-tunes in {@code args[0]} into {@code args[1]}, from where a run there has ended. */
  static final class Child {
    public static void main(String[] args) throws IOException {
      TrainingProgress progress =
          new TrainingProgress() {
            @Override
            public void started(RunRecord record) {
              System.out.println(STARTED);
            }
          };
      try {
        FineTuneTest.trainer(Path.of(args[0]), EPOCHS)
            .freezeThrough(StageName.STEM)
            .start(Training.Start.valueOf(args[2]))
            .progress(progress)
            .run(Path.of(args[1]));
      } catch (IOException e) {
        System.out.println(REFUSED + e);
      }
    }
  }

  @BeforeEach
  void writeImages() throws IOException {
    FineTuneTest.writeImages(folder);
    // The children find the source saved.
    assertThat(FineTuneTest.trainer(folder, EPOCHS).recipe().epochs()).isEqualTo(EPOCHS);
  }

  private Process child(String limits, Path run, Training.Start start) throws IOException {
    return new ProcessBuilder(
            "/bin/sh",
            "-c",
            limits + "exec \"$0\" \"$@\"",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:-UsePerfData",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            Child.class.getName(),
            folder.toString(),
            run.toString(),
            start.name())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** Waits until training begins; false when the process ended before. */
  private static boolean begins(BufferedReader out) throws IOException {
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.equals(STARTED)) {
        return true;
      }
    }
    return false;
  }

  private static void waitFor(Process process) {
    try {
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Returns the milliseconds of training in a child that is not disturbed. */
  private long whole(Path run) throws IOException {
    Process process = child("", run, Training.Start.FRESH);
    try (BufferedReader out = process.inputReader(UTF_8)) {
      assertThat(begins(out)).isTrue();
      long began = System.nanoTime();
      waitFor(process);
      return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    }
  }

  @Test
  void runKilledAtAnyInstantEndsBitForBitAsAnUninterruptedOne() throws Exception {
    Path straight = folder.resolve("straight");
    long milliseconds = whole(straight);
    Random random = new Random(14);
    int kills = 0;
    for (int run = 0; kills < KILLS; run++) {
      Path killed = folder.resolve("killed" + run);
      boolean isDone = false;
      while (!isDone) {
        Process process = child("", killed, Training.Start.RESUME);
        try (BufferedReader out = process.inputReader(UTF_8)) {
          if (begins(out)) {
            isDone = process.waitFor(random.nextLong(milliseconds), TimeUnit.MILLISECONDS);
            process.destroyForcibly();
            kills += isDone ? 0 : 1;
          }
        }
        waitFor(process);
        isDone |= Training.resumable(killed).filter(RunRecord::isFinished).isPresent();
      }
      assertSame(killed, straight);
    }
    System.out.println(kills + " kills");
  }

  private static void assertSame(Path killed, Path straight) throws IOException {
    RunRecord actual = RunRecord.read(killed.resolve(Training.RECORD));
    RunRecord expected = RunRecord.read(straight.resolve(Training.RECORD));
    assertThat(actual.best()).isEqualTo(expected.best());
    assertThat(actual.evaluation()).isEqualTo(expected.evaluation());
    assertThat(actual.epochs())
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields(
            "seconds", "testSeconds", "ended")
        .isEqualTo(expected.epochs());
    TrainingTest.assertSameBits(
        Checkpoint.graph(new RunFolder(killed).latest()),
        Checkpoint.graph(new RunFolder(straight).latest()));
    assertThat(Models.open(killed).fingerprint()).isEqualTo(Models.open(straight).fingerprint());
    assertThat(names(killed)).isEqualTo(names(straight));
  }

  private static List<String> names(Path run) throws IOException {
    try (Stream<Path> files = Files.list(run)) {
      return files
          .map(file -> file.getFileName().toString())
          .map(name -> name.replaceAll("tfevents\\.\\d+", "tfevents"))
          .sorted()
          .toList();
    }
  }

  /** No file may grow beyond 16 KiB: writes end as on a full disk. */
  @Test
  void earlierResultsSurviveWritesThatEndEarly() throws IOException {
    Path run = folder.resolve("run");
    whole(run);
    String model = Models.open(run).fingerprint();
    String record = Files.readString(run.resolve(Training.RECORD));

    List<String> refusals = new ArrayList<>();
    Process process = child("ulimit -f 16; ", run, Training.Start.OVERWRITE);
    try (BufferedReader out = process.inputReader(UTF_8)) {
      out.lines().filter(line -> line.startsWith(REFUSED)).forEach(refusals::add);
    }
    waitFor(process);

    assertThat(refusals).singleElement().asString().contains(run.toString());
    assertThat(Models.open(run).fingerprint()).isEqualTo(model);
    assertThat(Files.readString(run.resolve(Training.RECORD))).isEqualTo(record);
    assertThat(names(run)).noneMatch(name -> name.contains("tmp") || name.contains("part"));
  }

  @Test
  void secondFineTuningIntoAFolderIsRefusedWhileTheFirstTrains() throws IOException {
    Path run = folder.resolve("run");
    Process first = child("", run, Training.Start.FRESH);
    try (BufferedReader out = first.inputReader(UTF_8)) {
      assertThat(begins(out)).isTrue();
      signal(first, "STOP");
      Process second = child("", run, Training.Start.RESUME);
      try (BufferedReader other = second.inputReader(UTF_8)) {
        assertThat(other.lines())
            .anyMatch(line -> line.contains(run + ": another training is at work here"));
      }
      waitFor(second);
      signal(first, "CONT");
      waitFor(first);
    }
    assertThat(RunRecord.read(run.resolve(Training.RECORD)).isFinished()).isTrue();
  }

  private static void signal(Process process, String signal) throws IOException {
    waitFor(new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid())).start());
  }
}
