package org.resnet4j.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.data.ImageSource;
import org.resnet4j.data.Subset;
import org.resnet4j.recipe.Balance;
import org.resnet4j.recipe.Recipe;
import org.resnet4j.run.RunSetup;

/** Classes of unequal size: 21 + 7 + 7 + 5 images. */
class BalanceTest {
  private static final ImageSource UNEQUAL = unequal();

  @TempDir Path folder;

  private static ImageSource unequal() {
    ImageSource all = new Toy.Squares(200, 1);
    int[] left = {21, 7, 7, 5};
    return Subset.of(
        all,
        java.util.stream.IntStream.range(0, all.size())
            .filter(i -> left[all.label(i)]-- > 0)
            .toArray());
  }

  private static Recipe balanced(Balance balance) {
    return Toy.RECIPE.lasting(2).with(next -> next.balance(balance)).weighted(UNEQUAL);
  }

  /** The weights of scikit-learn's compute_class_weight("balanced") are 40 / (4 n). */
  @Test
  void balancedWeightsAreInverseToTheNumbersOfImages() {
    assertThat(balanced(Balance.LOSS).lossWeights(Toy.CLASSES))
        .containsExactly(40 / 84.0, 40 / 28.0, 40 / 28.0, 2.0);
    assertThat(balanced(Balance.NONE).lossWeights(Toy.CLASSES)).isEmpty();
    Recipe given =
        Toy.RECIPE.with(next -> next.balance(Balance.LOSS).classWeights(Map.of("south-east", 3.0)));
    assertThat(given.weighted(UNEQUAL).lossWeights(Toy.CLASSES))
        .containsExactly(1.0, 1.0, 1.0, 3.0);
  }

  @Test
  void weightsOfUnknownClassesAndWithoutUseAreRefused() {
    Recipe wrong =
        Toy.RECIPE.with(next -> next.balance(Balance.LOSS).classWeights(Map.of("east", 3.0)));
    assertThatThrownBy(() -> wrong.weighted(UNEQUAL))
        .hasMessageContaining("expected names of the classes [north-west")
        .hasMessageEndingWith("but there is \"east\"");
    assertThatThrownBy(() -> Toy.RECIPE.with(next -> next.classWeights(Map.of("east", 3.0))))
        .hasMessageContaining("class weights: expected none unless the balance is LOSS");
    assertThatThrownBy(() -> Toy.setup(Toy.RECIPE.with(next -> next.balance(Balance.LOSS)), 3))
        .hasMessageContaining("Recipe.weighted computes them");
    assertThatThrownBy(
            () ->
                Toy.RECIPE.with(next -> next.balance(Balance.LOSS)).weighted(Subset.of(UNEQUAL, 0)))
        .hasMessageContaining("expected training images of every class but there are none of");
  }

  @Test
  void weightedAndSampledRunsResumeBitForBit() throws IOException {
    for (Balance balance : List.of(Balance.LOSS, Balance.SAMPLING)) {
      RunSetup setup = Toy.setup(balanced(balance), 3);
      Path straight = folder.resolve("straight" + balance);
      Training.Result whole = Toy.training(setup, UNEQUAL).run(straight);
      Path killed = folder.resolve("killed" + balance);
      assertThatThrownBy(
              () -> Toy.training(setup, UNEQUAL).progress(new TrainingTest.KilledIn(2)).run(killed))
          .isInstanceOf(TrainingTest.Killed.class);
      RunSetup recorded = Training.resumable(killed).orElseThrow().setup();
      assertThat(recorded).isEqualTo(setup);
      Training.Result resumed =
          Toy.training(recorded, UNEQUAL).start(Training.Start.RESUME).run(killed);
      assertThat(resumed.record()).isEqualTo(whole.record());
      TrainingTest.assertSameBits(
          Checkpoint.graph(new RunFolder(killed).latest()),
          Checkpoint.graph(new RunFolder(straight).latest()));
    }
  }

  @Test
  void weightsAndSamplingChangeTheNetwork() throws IOException {
    var plain = params(Balance.NONE);
    var weighted = params(Balance.LOSS);
    var sampled = params(Balance.SAMPLING);
    assertThat(weighted).isNotEqualTo(plain);
    assertThat(sampled).isNotEqualTo(plain).isNotEqualTo(weighted);
  }

  private float[] params(Balance balance) throws IOException {
    Recipe recipe = balanced(balance).lasting(1);
    return Toy.training(Toy.setup(recipe, 3), UNEQUAL)
        .run(folder.resolve("params" + balance))
        .graph()
        .params()
        .data()
        .asFloat();
  }

  @Test
  void everyClassIsDrawnEquallyOftenInEveryEpoch() throws IOException {
    RunSetup setup = Toy.setup(balanced(Balance.SAMPLING), 3);
    try (var batches =
        setup.recipe().trainingBatches(UNEQUAL, Toy.pipeline(setup), setup.seed()).build()) {
      for (int epoch = 0; epoch < 3; epoch++) {
        batches.startEpoch(epoch);
        double[] drawn = new double[4];
        while (batches.hasNext()) {
          double[] ofBatch = batches.next().getLabels().sum(0).toDoubleVector();
          for (int label = 0; label < 4; label++) {
            drawn[label] += ofBatch[label];
          }
        }
        assertThat(drawn).containsOnly(10.0);
      }
    }
  }
}
