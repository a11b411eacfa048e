package org.resnet4j.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.recipe.Recipe;
import org.resnet4j.run.EvaluationResult;
import org.resnet4j.run.Predictions;
import org.resnet4j.run.RunRecord;
import org.resnet4j.run.RunSetup;

/** The model is the network of the most accurate epoch, and resuming needs the last. */
class BestEpochTest {
  /** The third of these four epochs is the best. */
  private static final RunSetup SETUP = Toy.setup(Toy.RECIPE, BestEpochTest.SEED);

  private static final long SEED = 3;

  @TempDir Path folder;

  @Test
  void modelIsTheNetworkOfTheMostAccurateEpoch() throws IOException {
    Path copies = folder.resolve("copies");
    Training.Result result = Toy.training(SETUP).progress(new Copies(folder, copies)).run(folder);

    RunRecord record = result.record();
    List<Double> accuracies = record.epochs().stream().map(RunRecord.Epoch::testAccuracy).toList();
    double best = accuracies.stream().mapToDouble(value -> value).max().orElseThrow();
    assertThat(record.best()).isEqualTo(accuracies.indexOf(best) + 1).isLessThan(4);
    assertThat(result.test().result().accuracy()).isEqualTo(best);
    assertThat(record.evaluation()).isEqualTo(result.test().result());
    Path then = copies.resolve(record.best() + "").resolve("model.zip");
    assertThat(Files.readAllBytes(folder.resolve("model.zip"))).isEqualTo(Files.readAllBytes(then));
    TrainingTest.assertSameBits(result.graph(), Checkpoint.graph(then));
    assertThat(Checkpoint.record(folder.resolve("last.zip"))).isEqualTo(record);
  }

  /** A process that is killed leaves any prefix of the writes after an epoch. */
  @Test
  void everyStateOfTheFolderResumesToTheSameBits() throws IOException {
    Path straight = folder.resolve("straight");
    Path copies = folder.resolve("copies");
    RunRecord expected =
        Toy.training(SETUP).progress(new Copies(straight, copies)).run(straight).record();
    for (int epoch = 1; epoch <= 4; epoch++) {
      Path whole = copies.resolve(epoch + "");
      assertResumes(whole, expected, straight);
      if (epoch > 1 && !Files.exists(whole.resolve("last.zip"))) {
        // A better epoch has replaced model.zip, but last.zip is not deleted yet.
        Path between = copied(copies.resolve(epoch - 1 + ""), folder.resolve("between" + epoch));
        copy(whole.resolve("model.zip"), between.resolve("model.zip"));
        assertResumes(between, expected, straight);
      } else if (epoch > 1) {
        // The checkpoint is written, but run.json is not.
        Path between = copied(whole, folder.resolve("between" + epoch));
        copy(copies.resolve(epoch - 1 + "").resolve("run.json"), between.resolve("run.json"));
        assertResumes(between, expected, straight);
      }
    }
  }

  private void assertResumes(Path state, RunRecord expected, Path straight) throws IOException {
    Path resumed = copied(state, folder.resolve("resumed"));
    Training.Result result = Toy.training(SETUP).start(Training.Start.RESUME).run(resumed);
    assertThat(result.record()).isEqualTo(expected);
    TrainingTest.assertSameBits(result.graph(), model(straight));
    TrainingTest.assertSameBits(
        Checkpoint.graph(new RunFolder(resumed).latest()),
        Checkpoint.graph(new RunFolder(straight).latest()));
    for (String same :
        List.of("metrics.csv", "run.json", "events.out.tfevents.1795348800.resnet4j")) {
      assertThat(Files.readAllBytes(resumed.resolve(same)))
          .as(same)
          .isEqualTo(Files.readAllBytes(straight.resolve(same)));
    }
  }

  private static ComputationGraph model(Path run) throws IOException {
    return Checkpoint.graph(run.resolve("model.zip"));
  }

  @Test
  void folderWithTheLastEpochAloneIsRefused() throws IOException {
    Toy.training(SETUP).run(folder);
    Files.delete(folder.resolve("model.zip"));
    assertThatThrownBy(() -> Toy.training(SETUP).start(Training.Start.RESUME).run(folder))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("expected the network of the best epoch beside last.zip");
  }

  @Test
  void lastEpochOfAnotherRunIsRefused() throws IOException {
    Toy.training(SETUP).run(folder);
    Path other = folder.resolve("other");
    Toy.training(SETUP)
        .clock(java.time.Clock.offset(Toy.NOON, java.time.Duration.ofHours(1)))
        .run(other);
    copy(other.resolve("last.zip"), folder.resolve("last.zip"));
    assertThatThrownBy(() -> Toy.training(SETUP).start(Training.Start.RESUME).run(folder))
        .isInstanceOf(IOException.class)
        .hasMessage(
            folder.resolve("last.zip")
                + ": expected an epoch of the run in model.zip, started 2026-11-22T12:00:00Z, but"
                + " its run was started 2026-11-22T13:00:00Z; remove one of the files");
  }

  @Test
  void overwritingLeavesNothingOfTheOldRun() throws IOException {
    Toy.training(SETUP).run(folder);
    Files.writeString(folder.resolve("report.html"), "old");
    String before = Files.readString(folder.resolve("run.json"));
    RunSetup other = Toy.setup(Toy.RECIPE.lasting(1), 4);
    Toy.training(other)
        .start(Training.Start.OVERWRITE)
        .progress(
            new TrainingProgress() {
              @Override
              public void trained(Position position) {
                // The old run is whole until the first epoch of the new one is done.
                assertThat(folder.resolve("report.html")).exists();
                assertThat(folder.resolve("run.json")).hasContent(before);
                assertThat(folder.resolve("last.zip")).exists();
              }
            })
        .run(folder);
    assertThat(folder.resolve("last.zip")).doesNotExist();
    assertThat(folder.resolve("report.html")).doesNotExist();
    assertThat(Files.readAllLines(folder.resolve("metrics.csv"))).hasSize(2);
    assertThat(Training.resumable(folder).orElseThrow().setup()).isEqualTo(other);
  }

  @Test
  void earlierOfEquallyAccurateEpochsIsTheBestAndUnevaluatedOnesAreNot() {
    RunRecord record =
        run(Toy.RECIPE.lasting(9), null, null, 0.5, null, 0.75, 0.75, 0.5, 0.8, null);
    assertThat(record.best()).isEqualTo(8);
    assertThat(run(Toy.RECIPE, 0.25, 0.5, 0.5).best()).isEqualTo(2);
    assertThat(run(Toy.RECIPE, 0.25, 0.5, 0.5).evaluation())
        .extracting(EvaluationResult::accuracy)
        .isEqualTo(0.5);
    assertThat(run(Toy.RECIPE, null, null).best()).isEqualTo(2);
    assertThat(run(Toy.RECIPE, null, 0.0, null).best()).isEqualTo(2);
    assertThat(run(Toy.RECIPE, 0.25).status()).isEqualTo(RunRecord.Status.UNFINISHED);
    assertThat(run(Toy.RECIPE, 0.25, 0.5, 0.75, 0.5).status()).isEqualTo(RunRecord.Status.FINISHED);
  }

  @Test
  void trainingStopsAfterEpochsWithoutABetterOne() throws IOException {
    Recipe patient = Toy.RECIPE.lasting(9).with(next -> next.patience(2));
    RunRecord stopped = run(patient, 0.25, 0.5, 0.5, 0.25);
    assertThat(stopped.status()).isEqualTo(RunRecord.Status.FINISHED);
    assertThat(stopped.notes())
        .containsExactly(
            "Training stopped after epoch 4: none of 2 epochs was more accurate than epoch 2.");
    assertThat(run(patient, 0.25, 0.5, 0.5).status()).isEqualTo(RunRecord.Status.UNFINISHED);
    // It stops after an evaluation only.
    assertThat(run(patient, 0.5, null, null).status()).isEqualTo(RunRecord.Status.UNFINISHED);
    assertThat(run(patient, 0.5, null, null, 0.5).status()).isEqualTo(RunRecord.Status.FINISHED);
  }

  @Test
  void killedRunStopsEarlyWhereAnUninterruptedOneDoes() throws IOException {
    RunSetup setup = Toy.setup(Toy.RECIPE.lasting(30).with(next -> next.patience(2)), SEED);
    Training.Result straight = Toy.training(setup).run(folder.resolve("straight"));
    int epochs = straight.record().epochs().size();
    assertThat(epochs).isEqualTo(straight.record().best() + 2).isLessThan(30);
    Path killed = folder.resolve("killed");
    assertThatThrownBy(
            () -> Toy.training(setup).progress(new TrainingTest.KilledIn(epochs)).run(killed))
        .isInstanceOf(TrainingTest.Killed.class);
    Training.Result resumed = Toy.training(setup).start(Training.Start.RESUME).run(killed);
    assertThat(resumed.record()).isEqualTo(straight.record());
    TrainingTest.assertSameBits(resumed.graph(), straight.graph());
    // It is finished.
    Training.Result again = Toy.training(setup).start(Training.Start.RESUME).run(killed);
    assertThat(again.record()).isEqualTo(straight.record());
  }

  @Test
  void patienceWithoutEvaluationsIsRefused() {
    assertThatThrownBy(() -> Toy.RECIPE.with(next -> next.patience(2).evaluateEvery(0)))
        .hasMessageContaining("patience: expected 0, or 1 or more epochs with evaluations");
  }

  /** Returns the record of epochs with these accuracies; null for one that is not evaluated. */
  private static RunRecord run(Recipe recipe, @Nullable Double... accuracies) {
    RunRecord record =
        RunRecord.started(
            Toy.setup(recipe, SEED), org.resnet4j.run.Environment.here(), "2026-11-22T12:00:00Z");
    for (Double accuracy : accuracies) {
      int epoch = record.epochs().size() + 1;
      record =
          record.plus(
              new RunRecord.Epoch(epoch, 0.1, 1, 0.5, accuracy, 1, 1, null, null),
              accuracy == null ? null : predictions(accuracy));
    }
    return record;
  }

  private static Predictions predictions(double accuracy) {
    EvaluationResult result =
        new EvaluationResult(20, accuracy, null, List.of(), List.of(), 0, null);
    return new Predictions(result, new int[0], new int[0], new float[0]);
  }

  /** Copies the folder of a run after every epoch. */
  private record Copies(Path run, Path to) implements TrainingProgress {
    @Override
    public void epochDone(RunRecord record) {
      try {
        copied(run, to.resolve(record.epochs().size() + ""));
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  private static Path copied(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> old = Files.list(to)) {
      for (Path file : old.toList()) {
        Files.delete(file);
      }
    }
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        copy(file, to.resolve(file.getFileName()));
      }
    }
    return to;
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
  }
}
