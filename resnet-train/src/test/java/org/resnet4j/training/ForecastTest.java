package org.resnet4j.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.data.Batches;
import org.resnet4j.data.sets.Dataset;
import org.resnet4j.recipe.Averaging;
import org.resnet4j.recipe.Recipe;
import org.resnet4j.recipe.Recipes;

/** A forecast has the epochs, steps and model size of the run that it is for. */
class ForecastTest {
  private static final double SECONDS = 0.01;

  @TempDir Path folder;

  @BeforeEach
  void writeImages() throws IOException {
    FineTuneTest.writeImages(folder);
  }

  private Trainer trainer() {
    return Trainer.of(Toy.NET)
        .on(Dataset.folder(folder.resolve("photos")))
        .recipe(Recipes.byName("quick").lasting(2).with(next -> next.batch(4).imagesPerClass(0)));
  }

  @Test
  void forecastIsOfTheRun() throws IOException {
    Forecast forecast = trainer().forecast(SECONDS);
    Training.Result run = trainer().run(folder.resolve("run"));

    assertThat(forecast.setup().architecture()).isEqualTo(run.record().setup().architecture());
    assertThat(forecast.setup().recipe()).isEqualTo(run.record().setup().recipe());
    assertThat(forecast.phases()).extracting(Forecast.Phase::epochs).containsExactly(2);
    // The record in the zip of the run has two epochs more.
    assertThat((double) forecast.checkpointBytes())
        .isCloseTo(
            (double) Files.size(folder.resolve("run").resolve(Training.MODEL)),
            Percentage.withPercentage(5));
    assertThat(forecast.heapBytes()).isPositive();
    assertThat(forecast.nativeBytes()).isPositive();
    assertThat(forecast.residentBytes())
        .isGreaterThan(forecast.nativeBytes() + forecast.heapBytes())
        .isLessThanOrEqualTo(Trial.mostResident());
    Forecast.Phase phase = forecast.phases().get(0);
    assertThat(forecast.seconds())
        .isCloseTo(
            2
                * (forecast.batches() * phase.stepSeconds()
                    + forecast.testSeconds()
                    + forecast.checkpointSeconds()),
            within(1e-9));
  }

  /** The zip of a run whose parameters are averaged has them twice. */
  @Test
  void forecastCountsAveragedParameters() throws IOException {
    Recipe averaged =
        trainer().recipe().with(next -> next.averaging(new Averaging(0.9, 1)).clipNorm(1));
    Forecast forecast = trainer().recipe(averaged).forecast(SECONDS);
    trainer().recipe(averaged).run(folder.resolve("run"));

    assertThat((double) forecast.checkpointBytes())
        .isCloseTo(
            (double) Files.size(folder.resolve("run").resolve(Training.MODEL)),
            Percentage.withPercentage(5));
    assertThat(forecast.checkpointBytes())
        .isGreaterThan(trainer().forecast(SECONDS).checkpointBytes() + 4 * 1000);
  }

  @Test
  void nothingOfItIsKept() throws IOException {
    trainer().forecast(SECONDS);

    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(folder.resolve("photos"));
    }
  }

  @Test
  void epochsOfTheClassifierAloneAreAPhase() throws IOException {
    Forecast forecast = FineTuneTest.trainer(folder, 5).forecast(SECONDS);

    assertThat(forecast.phases()).extracting(Forecast.Phase::epochs).isEqualTo(List.of(2, 3));
  }

  /** An epoch of one batch ends before the warm-up does. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void meanIsOfTheBatchesAfterTheWarmUp(int images) throws IOException {
    AtomicLong clock = new AtomicLong();
    try (Batches batches = Batches.of(new Toy.Squares(images, 1)).size(1).build()) {
      double mean =
          new Trial(4.5, clock::get)
              .mean(EpochBatches.of(batches), batch -> clock.addAndGet(1_000_000_000));

      assertThat(mean).isEqualTo(1);
      assertThat(clock.get()).isEqualTo(7_000_000_000L);
    }
  }

  /** 2 operations for each of 40.6 million multiply-accumulates, 3 passes, 8.2 million images. */
  @Test
  void operationsAreThoseOfThePaper() {
    assertThat(RecipeCost.operations(Recipes.byName("paper-cifar")))
        .isCloseTo(6 * 40.6e6 * 50_000 * 164, Percentage.withPercentage(1));
    assertThat(RecipeCost.operations(Recipes.byName("photos"))).isNull();
  }
}
