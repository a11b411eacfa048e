package org.resnet4j.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.recipe.Recipe;
import org.resnet4j.run.RunRecord;
import org.resnet4j.run.RunSetup;

/** A run can be continued for more epochs than it began with. */
class ContinuationTest {
  private static final int BATCHES = 5;
  private static final double PEAK = 0.1;
  private static final Recipe RECIPE =
      Toy.RECIPE.lasting(3).with(next -> next.schedule(Toy.RECIPE.schedule().warmup(0)));
  private static final RunSetup SHORT = Toy.setup(RECIPE, 3);
  private static final RunSetup LONG = Toy.setup(RECIPE.until(6), 3);

  @TempDir Path folder;

  /** Returns PyTorch's CosineAnnealingLR(T_max) at the last step of the epoch, counted from 1. */
  private static double rate(int epoch, int epochs) {
    double progress = (epoch * BATCHES - 1) / (double) (epochs * BATCHES);
    return PEAK * (1 + Math.cos(Math.PI * progress)) / 2;
  }

  @Test
  void finishedRunContinuesOnTheLongerSchedule() throws IOException {
    RunRecord before = Toy.training(SHORT).run(folder).record();
    assertThat(before.status()).isEqualTo(RunRecord.Status.FINISHED);

    RunRecord after = Toy.training(LONG).start(Training.Start.RESUME).run(folder).record();

    assertThat(after.epochs())
        .hasSize(6)
        .startsWith(before.epochs().toArray(RunRecord.Epoch[]::new));
    assertThat(after.status()).isEqualTo(RunRecord.Status.FINISHED);
    assertThat(after.notes())
        .containsExactly(
            "The number of epochs was changed from 3 to 6 after epoch 3. From the next epoch on,"
                + " the learning rate is that of a run of 6 epochs.");
    for (RunRecord.Epoch epoch : after.epochs()) {
      int of = epoch.epoch() <= 3 ? 3 : 6;
      assertThat(epoch.learningRate()).isCloseTo(rate(epoch.epoch(), of), within(1e-9));
    }
  }

  @Test
  void continuedRunThatIsKilledEndsBitForBitEqual() throws IOException {
    Path straight = folder.resolve("straight");
    Toy.training(SHORT).run(straight);
    Training.Result expected = Toy.training(LONG).start(Training.Start.RESUME).run(straight);
    for (int killedIn : List.of(4, 5)) {
      Path killed = folder.resolve("killed" + killedIn);
      Toy.training(SHORT).run(killed);
      assertThatThrownBy(
              () ->
                  Toy.training(LONG)
                      .start(Training.Start.RESUME)
                      .progress(new TrainingTest.KilledIn(killedIn))
                      .run(killed))
          .isInstanceOf(TrainingTest.Killed.class);
      // The wish for six epochs outlives the process.
      RunSetup setup = Training.resumable(killed).orElseThrow().setup();
      assertThat(setup).isEqualTo(LONG);
      Training.Result resumed = Toy.training(setup).start(Training.Start.RESUME).run(killed);
      assertThat(resumed.record()).isEqualTo(expected.record());
      TrainingTest.assertSameBits(
          Checkpoint.graph(new RunFolder(killed).latest()),
          Checkpoint.graph(new RunFolder(straight).latest()));
    }
  }

  @Test
  void fewerEpochsThanAreDoneAndOtherChangesAreRefused() throws IOException {
    Toy.training(SHORT).run(folder);
    assertRefused(
        RECIPE.until(2), "expected more epochs than the 3 that are done but there are to be 2");
    assertRefused(
        RECIPE.until(6).with(next -> next.learningRate(0.2)),
        "its recipe.learningRate was 0.1 and is now 0.2");
  }

  private void assertRefused(Recipe recipe, String reason) {
    assertThatThrownBy(
            () -> Toy.training(Toy.setup(recipe, 3)).start(Training.Start.RESUME).run(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }
}
