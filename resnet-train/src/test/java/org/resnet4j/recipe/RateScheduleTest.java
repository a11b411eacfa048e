package org.resnet4j.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.schedule.ISchedule;
import org.resnet4j.recipe.RateSchedule.Kind;
import org.resnet4j.recipe.RateSchedule.Unit;
import org.resnet4j.recipe.RateSchedule.Warmup;
import org.resnet4j.support.Json;
import org.resnet4j.support.JsonException;

/**
 * Rates as PyTorch 1.13 prints them ({@code src/test/python/rates.py}) at 0.1 for 10 epochs of 5.
 */
class RateScheduleTest {
  private static final double ROUNDING = 1e-15;

  private static RateSchedule of(Kind kind, double lowest, Unit unit, Warmup warmup) {
    List<Integer> milestones = kind == Kind.STEPS ? List.of(3, 6) : List.of();
    return new RateSchedule(kind, milestones, 0.1, 0.9, lowest, unit, warmup, 0);
  }

  private static void assertRates(RateSchedule schedule, double... everyTenthStep) {
    ISchedule rates = schedule.of(0.1, 10, 5);
    for (int i = 0; i < everyTenthStep.length; i++) {
      int step = 3 + 10 * i;
      assertThat(rates.valueAt(step, step / 5))
          .as("step " + step)
          .isCloseTo(everyTenthStep[i], within(ROUNDING));
    }
  }

  @Test
  void stepsAfterAWarmUp() {
    assertRates(
        of(Kind.STEPS, 0, Unit.EPOCH, new Warmup(1, 0, Unit.STEP)),
        0.06800000000000002,
        0.10000000000000003,
        0.010000000000000004,
        0.0010000000000000005,
        0.0010000000000000005);
  }

  /**
   * He et al. 2015, section 4.2, trains ResNet-110 at 0.01 for about 400 iterations, then at 0.1,
   * and divides by 10 after 32k and 48k of them. An epoch of 50,000 images has 391 iterations.
   */
  @ParameterizedTest
  @CsvSource({
    "0, 0.01",
    "390, 0.01",
    "391, 0.1",
    "32061, 0.1",
    "32062, 0.01",
    "48092, 0.01",
    "48093, 0.001"
  })
  void warmUpOfResNet110(int step, double rate) {
    Recipe recipe =
        RecipeFile.set(
            Recipes.byName("paper-cifar"),
            List.of("schedule.warmup={\"epochs\":1,\"start\":0.1,\"unit\":\"EPOCH\"}"));
    assertThat(recipe.rates(391).valueAt(step, step / 391)).isCloseTo(rate, within(ROUNDING));
  }

  @Test
  void cosineAfterAWarmUpByEpoch() {
    assertRates(
        of(Kind.COSINE, 1e-3, Unit.EPOCH, new Warmup(2, 0.01, Unit.EPOCH)),
        0.001,
        0.1,
        0.08536998372026805,
        0.050050000000000004,
        0.014730016279731953);
  }

  @Test
  void polynomial() {
    assertRates(
        of(Kind.POLYNOMIAL, 0, Unit.STEP, new Warmup(0, 0, Unit.STEP)),
        0.09458343193786321,
        0.07626206271242883,
        0.0574320586514534,
        0.03787311489165394,
        0.017041790893331677);
  }

  @Test
  void exponential() {
    assertRates(
        of(Kind.EXPONENTIAL, 0, Unit.EPOCH, new Warmup(0, 0, Unit.STEP)),
        0.1,
        0.0010000000000000002,
        1.0000000000000004e-05,
        1.0000000000000005e-07,
        1.0000000000000005e-09);
  }

  @Test
  void oneCycleOfPyTorchsDefaults() {
    assertRates(
        of(Kind.ONE_CYCLE, 0, Unit.STEP, new Warmup(3, 0, Unit.STEP)),
        0.014472088841534572,
        0.09879653978472754,
        0.08455319423681344,
        0.043288563555770404,
        0.007077932009665416);
  }

  @Test
  void scheduleOfAShorterTrainingHasItsProportions() {
    RateSchedule shorter = RateSchedule.steps(0.2, 60, 120, 160).warmup(5).stretched(200, 20);
    assertThat(shorter).isEqualTo(RateSchedule.steps(0.2, 6, 12, 16).warmup(0.5));
  }

  @Test
  void impossibleSchedulesAreRefused() {
    assertThatThrownBy(() -> of(Kind.COSINE, 1, Unit.STEP, new Warmup(0, 0, Unit.STEP)))
        .hasMessage("schedule: lowest: expected a share in [0, 1) but was 1.0");
    assertThatThrownBy(() -> new Warmup(0.5, 0, Unit.EPOCH))
        .hasMessage("schedule: warm-up by EPOCH: expected whole epochs but was 0.5");
    assertThatThrownBy(() -> RateSchedule.CONSTANT.warmup(-1))
        .hasMessage("schedule: warm-up: expected 0 or more epochs but was -1.0");
    assertThatThrownBy(() -> RateSchedule.steps(0.1, 5, 3))
        .hasMessage("schedule: milestones: expected epochs in ascending order but was [5, 3]");
    assertThatThrownBy(() -> RateSchedule.steps(0.1, -5))
        .hasMessage("schedule: milestones: expected epochs in ascending order but was [-5]");
  }

  @Test
  void warmUpsThatLeaveNoStepAreRefused() {
    RateSchedule cosine = RateSchedule.cosine(0, Unit.STEP).warmup(0.99);
    assertThatThrownBy(() -> cosine.of(0.1, 1, 2))
        .hasMessage(
            "schedule: warm-up and hold: expected fewer than the 2 steps of the training, so that COSINE declines, but was 2");
    RateSchedule cycle = of(Kind.ONE_CYCLE, 0, Unit.STEP, new Warmup(0.1, 0, Unit.STEP));
    assertThatThrownBy(() -> cycle.of(0.1, 1, 10))
        .hasMessage("schedule: warm-up: expected 2 or more steps with ONE_CYCLE but was 1");
  }

  @Test
  void oldFieldsOfARecipeBecomeASchedule() throws JsonException {
    Recipe now = Recipes.byName("wrn");
    Map<String, Object> old = new LinkedHashMap<>();
    ((Map<?, ?>) Objects.requireNonNull(Json.tree(now)))
        .forEach((name, value) -> old.put((String) name, value));
    old.remove("schedule");
    old.put("decay", "STEPS");
    old.put("milestones", List.of(60, 120, 160));
    old.put("decayFactor", 0.2);
    old.put("warmupEpochs", 0);

    OldRecipe.upgrade(Map.of("recipe", old));

    assertThat(Json.read(old, Recipe.class)).isEqualTo(now);
  }
}
