package org.resnet4j.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.data.sets.Dataset;
import org.resnet4j.recipe.Recipe;
import org.resnet4j.recipe.Recipes;

class RateRangeTest {
  private static final Recipe RECIPE =
      Recipes.byName("quick").with(next -> next.batch(4).imagesPerClass(0));

  @TempDir Path folder;

  @BeforeEach
  void writeImages() throws IOException {
    FineTuneTest.writeImages(folder);
  }

  private Trainer trainer() {
    return Trainer.of(Toy.NET).on(Dataset.folder(folder.resolve("photos"))).recipe(RECIPE);
  }

  @Test
  void rateRisesByTheSameFactorAndTheTestEndsWhereTheLossHasRisen() throws IOException {
    RateRange range = trainer().rateRange(1e-4, 1e4, 81);

    List<RateRange.Point> points = range.points();
    assertThat(points).hasSizeBetween(20, 80);
    for (int i = 0; i < points.size(); i++) {
      assertThat(points.get(i).rate()).isCloseTo(1e-4 * Math.pow(10, 0.1 * i), within(1e-9));
    }
    assertThat(range.lowest()).isBetween(1e-3, 1.0);
    assertThat(range.suggested()).isEqualTo(0.1 * range.lowest());
    assertThat(points.get(0).smoothed()).isCloseTo(points.get(0).loss(), within(1e-9));
    // Two classes: the first loss, without weight decay, is near that of a guess.
    assertThat(points.get(0).loss()).isBetween(0.3, 1.5);
    assertThat(range.svg()).startsWith("<svg ").contains("log10 of the learning rate");
  }

  /** With a negligible rate, the loss of a step is that of the first step of a training. */
  @Test
  void equalTestsHaveEqualLossesAndNothingIsKept() throws IOException {
    List<RateRange.Point> first = trainer().rateRange(1e-9, 1e-8, 5).points();
    assertThat(trainer().rateRange(1e-9, 1e-8, 5).points()).isEqualTo(first);
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(folder.resolve("photos"));
    }
  }

  @Test
  void lossesThatDoNotFallSuggestNoRate() throws IOException {
    RateRange range = trainer().rateRange(1e4, 1e6, 5);
    assertThatThrownBy(range::suggested)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(
            "expected a loss that falls but it is lowest at the first rate, 1.00e+04");
  }

  @Test
  void ratesInDescendingOrderAreRefused() {
    assertThatThrownBy(() -> trainer().rateRange(1, 0.1, 5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("schedule: expected 0 < start < peak but was 1.0 and 0.1");
  }
}
