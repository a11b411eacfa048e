package org.resnet4j.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.resnet4j.image.Interpolation.BILINEAR;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ISchedule;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Shape;
import org.resnet4j.data.ChannelStats;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.support.Json;
import org.resnet4j.train.AdamW;
import org.resnet4j.train.ParameterDecay;
import org.resnet4j.train.SgdMomentum;
import org.resnet4j.training.Toy;

class RecipesTest {
  @ParameterizedTest
  @MethodSource("org.resnet4j.recipe.Recipes#all")
  void everyRecipeNamesAKnownModelAndKnownStatistics(Recipe recipe) {
    assertThat(Architectures.byName(recipe.model())).isNotNull();
    assertThat(ChannelStats.byName(recipe.statistics())).isNotNull();
    assertThat(recipe.description()).isNotEmpty();
    assertThat(Recipes.byName(recipe.name())).isEqualTo(recipe);
    assertThat((Map<?, ?>) Json.tree(recipe)).hasSize(Recipe.class.getRecordComponents().length);
  }

  @Test
  void firstRecipeIsQuick() {
    assertThat(Recipes.all()).first().extracting(Recipe::name).isEqualTo("quick");
  }

  /** An epoch has 391 steps of 128 out of 50,000 images. */
  @ParameterizedTest
  @CsvSource({
    "paper-cifar, 0, 0.1", "paper-cifar, 81, 0.1", "paper-cifar, 82, 0.01",
    "paper-cifar, 122, 0.01", "paper-cifar, 123, 0.001", "paper-cifar, 163, 0.001",
    "wrn, 59, 0.1", "wrn, 60, 0.02", "wrn, 160, 0.0008",
    "akamaster, 99, 0.1", "akamaster, 100, 0.01", "akamaster, 150, 0.001",
    "d2l, 9, 0.05", "cifar-tutorial, 9, 0.001"
  })
  void learningRatesEqualThePublishedOnes(String name, int epoch, double rate) {
    ISchedule schedule = Recipes.byName(name).rates(391);
    assertThat(schedule.valueAt(391 * epoch, epoch)).isCloseTo(rate, within(1e-12));
  }

  @Test
  void paperRecipeHasTheStepsAndWeightDecayOfThePaper() {
    Recipe recipe = Recipes.byName("paper-cifar");
    assertThat(recipe.epochs() * 391).isBetween(64_000, 64_391);
    assertThat(recipe.updater(391)).isInstanceOf(SgdMomentum.class);
    assertThat(recipe.weightDecay()).isEqualTo(1e-4);
  }

  @Test
  void recipeWithoutMomentumUsesPlainSgd() {
    assertThat(Recipes.byName("d2l").updater(100)).isInstanceOf(Sgd.class);
  }

  @Test
  void averagesOfTheFirstParametersAreRefused() {
    Recipe recipe =
        Recipes.byName("d2l").with(next -> next.epochs(2).averaging(new Averaging(0.9, 10)));
    recipe.requireUsefulAverage(40); // 7 updates leave 48 % of the first parameters
    assertThatThrownBy(() -> recipe.requireUsefulAverage(35))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "averaging: expected a mean of which the training's first parameters have at most half but they have 53.1 % after 6 updates in 70 steps; lower averaging.every or averaging.decay, or train longer");
    assertThatThrownBy(() -> recipe.requireUsefulAverage(2)).hasMessageContaining("100.0 %");
    recipe.lasting(1).requireUsefulAverage(1); // the average of one step is its copy
    // Copies of the warm-up do not count.
    Recipe rising = recipe.with(next -> next.schedule(RateSchedule.CONSTANT.warmup(1)));
    assertThatThrownBy(() -> rising.requireUsefulAverage(40)).hasMessageContaining("72.9 %");
  }

  @Test
  void epochsBeyondTheLastHaveTheLastSide() {
    Resizing resizing = new Resizing("pad", BILINEAR, List.of(8, 16));
    assertThat(resizing.trainingSide(0, 2)).isEqualTo(8);
    assertThat(resizing.trainingSide(1, 2)).isEqualTo(16);
    assertThat(resizing.trainingSide(5, 2)).isEqualTo(16);
  }

  @Test
  void sidesOfTrainingImagesAreOnesThatAnEpochHas() {
    Recipe recipe = Recipes.byName("d2l");
    List<Integer> many = Collections.nCopies(recipe.epochs() + 1, 32);
    assertThatThrownBy(
            () -> recipe.with(next -> next.resizing(new Resizing("pad", BILINEAR, many))))
        .hasMessageContaining("sides of training images: expected at most " + recipe.epochs());
    assertThatThrownBy(() -> new Resizing("pad", BILINEAR, List.of(8, 9000)))
        .hasMessageContaining("of 1 to 8192 pixels but they were [8, 9000]");
    Recipe small = recipe.with(next -> next.resizing(new Resizing("pad", BILINEAR, List.of(16))));
    assertThatThrownBy(() -> small.requireSidesFor(Architectures.byName("resnet18")))
        .hasMessageContaining("input 3x16x16 is smaller than its 5 layers with stride 2 allow");
  }

  @Test
  void cosineScheduleRisesDuringWarmUpAndEndsAtZero() {
    Recipe recipe =
        Recipes.byName("quick")
            .lasting(10)
            .with(
                next ->
                    next.schedule(RateSchedule.cosine(0, RateSchedule.Unit.STEP).warmup(2))
                        .learningRate(0.4));
    ISchedule schedule = recipe.rates(50);
    assertThat(schedule.valueAt(0, 0)).isCloseTo(0.004, within(1e-12));
    assertThat(schedule.valueAt(50, 1)).isCloseTo(0.202, within(1e-12));
    assertThat(schedule.valueAt(100, 2)).isEqualTo(0.4);
    assertThat(schedule.valueAt(300, 6)).isCloseTo(0.2, within(1e-12));
    assertThat(schedule.valueAt(499, 9)).isLessThan(1e-5);
  }

  /** With few images, an epoch has eight steps, and the rate is in proportion to the batch. */
  @ParameterizedTest
  @CsvSource({
    "quick, 30000, 128, 0.2", "quick, 1024, 128, 0.2", "quick, 1000, 64, 0.1",
    "quick, 120, 8, 0.0125", "quick, 20, 8, 0.0125", "quick, 5, 5, 0.0078125"
  })
  void batchAndLearningRateSuitTheNumberOfImages(String name, int images, int batch, double rate) {
    Recipe suited = Recipes.suited(Recipes.byName(name), images, new Shape(3, 32, 32), 32);
    assertThat(suited.batch()).isEqualTo(batch);
    assertThat(suited.learningRate()).isCloseTo(rate, within(1e-12));
    assertThat(suited.batches(images)).isPositive();
    assertThat(suited.imageSize()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"20, 64", "64, 64", "95, 64", "96, 96", "300, 128", "4000, 128"})
  void photosAreTrainedOnAtASizeThatSuitsThem(int side, int size) {
    Recipe photos = Recipes.usual("folder:photos");
    assertThat(Recipes.suited(photos, 400, new Shape(3, 224, 224), side).imageSize())
        .isEqualTo(size);
    // An architecture for small images keeps its published size.
    assertThat(Recipes.suited(photos, 400, new Shape(3, 32, 32), side).imageSize()).isEqualTo(32);
  }

  @Test
  void photosAreTrainedOnForMoreEpochsIfTheyAreFew() {
    Recipe photos = Recipes.usual("folder:photos");
    assertThat(photos.name()).isEqualTo("photos");
    Shape input = new Shape(3, 224, 224);
    int few = Recipes.suited(photos, 100, input, 128).epochs();
    int many = Recipes.suited(photos, 1000, input, 128).epochs();
    assertThat(few).isGreaterThan(many);
    assertThat(Recipes.suited(photos, 10, input, 128).epochs()).isGreaterThanOrEqualTo(few);
    assertThat(Recipes.suited(photos, 1_000_000, input, 128).epochs()).isEqualTo(10);
    assertThat(Recipes.usual("cifar10:DIR").name()).isEqualTo("quick");
  }

  @ParameterizedTest
  @CsvSource({"folder:a, photos", "list:a.csv, photos", "folder, photos", "mnist, quick"})
  void usualRecipeIsThatOfTheData(String data, String recipe) {
    assertThat(Recipes.usual(data).name()).isEqualTo(recipe);
  }

  @ParameterizedTest
  @CsvSource({
    "photos, 100, 80",
    "photos, 400, 30",
    "photos, 6000, 10",
    "fine-tune, 400, 12",
    "fine-tune, 2000, 6",
    "fine-tune, 100000, 4",
    "d2l, 100, 10"
  })
  void epochsSuitTheNumberOfImages(String name, int images, int epochs) {
    Recipe recipe = Recipes.byName(name);
    assertThat(Recipes.suited(recipe, images, new Shape(3, 224, 224), 300).epochs())
        .isEqualTo(epochs);
  }

  private static Recipe warmed(double epochs) {
    Recipe recipe = Recipes.byName("akamaster");
    return recipe.with(next -> next.schedule(recipe.schedule().warmup(epochs)));
  }

  @Test
  void addedEpochsLeaveMilestonesAndWarmUpInPlace() {
    Recipe recipe = warmed(2).until(300);
    assertThat(recipe.schedule().milestones()).containsExactly(100, 150);
    assertThat(recipe.schedule().warmup().epochs()).isEqualTo(2);
    assertThat(recipe.epochs()).isEqualTo(300);
  }

  @Test
  void shorterRunScalesMilestonesAndWarmUp() {
    Recipe recipe = warmed(2).lasting(20);
    assertThat(recipe.schedule().milestones()).containsExactly(10, 15);
    assertThat(recipe.schedule().warmup().epochs()).isCloseTo(0.2, within(1e-12));
    assertThat(Recipes.byName("akamaster").lasting(1).schedule().milestones()).containsExactly(1);
  }

  @Test
  void trainingOfFewerEpochsThanSidesHasTheLast() {
    Recipe recipe = Recipes.byName("fashion-mnist");
    assertThat(recipe.lasting(2).resizing().trainingSides()).containsExactly(28, 28);
    assertThat(recipe.lasting(3).resizing()).isEqualTo(recipe.resizing());
  }

  @Test
  void unknownNameIsRefusedWithTheNearest() {
    assertThatThrownBy(() -> Recipes.byName("papercifar"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("unknown recipe \"papercifar\"; the nearest are [paper-cifar");
  }

  @Test
  void invalidRecipesAreRefused() {
    Recipe quick = Recipes.byName("quick");
    assertRefused(
        () -> quick.with(next -> next.batch(0)),
        "recipe quick: batch: expected at least 1 but was 0");
    assertRefused(
        () -> quick.with(next -> next.learningRate(Double.NaN)),
        "recipe quick: learning rate: expected more than 0 but was NaN");
    assertRefused(
        () -> quick.with(next -> next.schedule(RateSchedule.steps(0.1))),
        "schedule: milestones: expected some with STEPS and none with another schedule but was STEPS []");
    assertRefused(
        () -> quick.lasting(1).with(next -> next.schedule(quick.schedule().warmup(1))),
        "recipe quick: warm-up: expected 0 or more epochs and fewer than 1 but was 1.0");
    assertRefused(() -> quick.lasting(0), "recipe quick: epochs: expected at least 1 but was 0");
  }

  private static void assertRefused(Runnable change, String message) {
    assertThatThrownBy(change::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void testBatchesAreResizedButNotAugmented() throws Exception {
    Recipe recipe =
        Recipes.byName("cifar-tutorial")
            .with(next -> next.imageSize(12).batch(16).statistics("data"));
    var source = new Toy.Squares(20, 1);
    ImagePipeline pipeline = recipe.pipeline(source.read(0).shape(), recipe.stats(source));
    try (var batches = recipe.testBatches(source, pipeline).build()) {
      assertThat(batches.batchesPerEpoch()).isEqualTo(2);
      assertThat(batches.next().getFeatures().shape()).isEqualTo(new long[] {16, 1, 12, 12});
      assertThat(List.of(batches.epoch())).containsExactly(0);
    }
  }

  /** Betas and ε are PyTorch's for AdamW and timm's for LAMB. */
  @Test
  void optimizersHaveTheirUpdatersAndWeightDecay() {
    Recipe base = Recipes.byName("paper-cifar");

    Recipe nesterov = base.with(next -> next.optimizer(Optimizer.NESTEROV));
    assertThat(nesterov.updater(10))
        .isEqualTo(new SgdMomentum(base.rates(10), 0.9).nesterov())
        .isNotEqualTo(base.updater(10));
    assertThat(nesterov.parameterDecay())
        .isEqualTo(ParameterDecay.coupled(1e-4, ParameterDecay.Scope.WEIGHTS));
    Recipe adam = base.with(next -> next.optimizer(Optimizer.ADAMW));
    assertThat(adam.updater(10)).isEqualTo(new AdamW(base.rates(10), 0.9, 0.999, 1e-8));
    assertThat(adam.parameterDecay())
        .isEqualTo(ParameterDecay.decoupled(1e-4, ParameterDecay.Scope.WEIGHTS));
    Recipe lamb = base.with(next -> next.optimizer(Optimizer.LAMB));
    assertThat(lamb.updater(10)).isEqualTo(new AdamW(base.rates(10), 0.9, 0.999, 1e-6));
    assertThat(lamb.parameterDecay())
        .isEqualTo(ParameterDecay.lamb(1e-4, ParameterDecay.Scope.WEIGHTS));
    Recipe muon = base.with(next -> next.optimizer(Optimizer.MUON));
    assertThat(muon.updater(10)).isEqualTo(new SgdMomentum(base.rates(10), 0.9).nesterov());
    assertThat(muon.parameterDecay())
        .isEqualTo(ParameterDecay.muon(1e-4, ParameterDecay.Scope.WEIGHTS));
  }
}
