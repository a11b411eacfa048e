package org.resnet4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.nd4j.linalg.schedule.ScheduleType.EPOCH;
import static org.nd4j.linalg.schedule.ScheduleType.ITERATION;

import java.io.IOException;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.shade.jackson.databind.JsonNode;

class ScheduleTest {
  /** The goldens are made by {@code src/test/python/sgd_momentum_golden.py}. */
  @ParameterizedTest
  @EnumSource(ScheduleType.class)
  void learningRatesEqualPyTorchSchedulers(ScheduleType type) throws IOException {
    JsonNode golden = SgdMomentumTest.golden("schedules.json");
    Schedule steps = new Schedule.MultiStep(type, 0.4, List.of(3, 7), 0.1);
    assertRates(steps, golden.get("multiStep"));
    assertRates(new Schedule.Cosine(type, 0.4, 0.05, 0, 20), golden.get("cosine"));
    assertRates(new Schedule.Cosine(type, 0.4, 0, 0, 8), golden.get("cosineToZero"));
    assertRates(new Schedule.Warmup(type, 4, 0.25, steps), golden.get("warmup"));
  }

  /** Whole trainings; the goldens are made by {@code src/test/python/optimiser_golden.py}. */
  @ParameterizedTest
  @EnumSource(ScheduleType.class)
  void learningRatesOfWholeTrainingsEqualPyTorchSchedulers(ScheduleType type) throws IOException {
    JsonNode golden = SgdMomentumTest.golden("rates.json");
    assertRates(new Schedule.Step(type, 0.4, 30, 0.1), golden.get("step"));
    assertRates(new Schedule.Step(type, 0.4, 2.4, 0.97), golden.get("stepOfTimm"));
    assertRates(new Schedule.Exponential(type, 0.4, 0.98), golden.get("exponential"));
    assertRates(new Schedule.Geometric(type, 0.01, 0.4, 90), golden.get("rising"));
    assertRates(new Schedule.Polynomial(type, 0.4, 1, 0, 90), golden.get("line"));
    assertRates(
        new Schedule.Warmup(type, 5, 0.01, new Schedule.Polynomial(type, 0.4, 0.9, 5, 90)),
        golden.get("warmedPolynomial"));
    assertRates(
        new Schedule.Warmup(type, 5, 0.01, new Schedule.Cosine(type, 0.4, 1e-3, 5, 90)),
        golden.get("warmedCosine"));
    assertRates(
        new Schedule.OneCycle(type, 0.4, 90, 0.3, 25, 1e4, Schedule.Annealing.COSINE),
        golden.get("oneCycle"));
    assertRates(
        new Schedule.OneCycle(type, 0.4, 90, 0.25, 10, 20, Schedule.Annealing.LINEAR),
        golden.get("linearCycle"));
  }

  private static void assertRates(Schedule schedule, JsonNode golden) {
    boolean iterations = schedule.scheduleType() == ITERATION;
    for (int i = 0; i < golden.size(); i++) {
      assertThat(iterations ? schedule.valueAt(i, 99) : schedule.valueAt(99, i))
          .as("%s at %d", schedule, i)
          .isCloseTo(golden.get(i).doubleValue(), within(3e-15)); // PyTorch multiplies rates
    }
  }

  @Property
  void learningRatesStayBetweenZeroAndThePeak(
      @ForAll("schedules") Schedule schedule,
      @ForAll @IntRange(max = 1000) int iteration,
      @ForAll @IntRange(max = 100) int epoch) {
    assertThat(schedule.valueAt(iteration, epoch)).isBetween(0.0, peak(schedule));
  }

  @Property(tries = 50)
  void schedulesRoundTripThroughJson(@ForAll("schedules") Schedule schedule) throws IOException {
    var mapper = NeuralNetConfiguration.mapper();
    assertThat(mapper.readValue(mapper.writeValueAsString(schedule), ISchedule.class))
        .isEqualTo(schedule);
  }

  @Property(tries = 50)
  void clonedScheduleIsEqual(@ForAll("schedules") Schedule schedule) {
    assertThat(schedule.clone()).isEqualTo(schedule);
  }

  private static double peak(ISchedule schedule) {
    if (schedule instanceof Schedule.MultiStep steps) {
      return steps.peak();
    }
    if (schedule instanceof Schedule.Cosine cosine) {
      return cosine.peak();
    }
    if (schedule instanceof Schedule.Step step) {
      return step.peak();
    }
    if (schedule instanceof Schedule.Exponential exponential) {
      return exponential.peak();
    }
    if (schedule instanceof Schedule.Geometric geometric) {
      return Math.nextUp(geometric.peak()); // a power that is rounded
    }
    if (schedule instanceof Schedule.Polynomial polynomial) {
      return polynomial.peak();
    }
    if (schedule instanceof Schedule.OneCycle cycle) {
      return cycle.peak();
    }
    return peak(((Schedule.Warmup) schedule).then());
  }

  @Provide
  Arbitrary<Schedule> schedules() {
    Arbitrary<ScheduleType> types = Arbitraries.of(ScheduleType.class);
    Arbitrary<Double> peaks = Arbitraries.doubles().between(0, 10);
    Arbitrary<Double> shares = Arbitraries.doubles().between(0.01, 1);
    Arbitrary<Integer> positions = Arbitraries.integers().between(0, 500);
    Arbitrary<Schedule> steps =
        Combinators.combine(types, peaks, positions.set().ofMaxSize(3), shares)
            .as(
                (type, peak, milestones, gamma) ->
                    new Schedule.MultiStep(
                        type, peak, milestones.stream().sorted().toList(), gamma));
    Arbitrary<Schedule> cosines =
        Combinators.combine(types, peaks, shares, positions, positions)
            .as(
                (type, peak, share, from, length) ->
                    new Schedule.Cosine(type, peak, peak * share, from, from + length + 1));
    Arbitrary<Schedule> plain = Arbitraries.oneOf(steps, cosines, others());
    return Arbitraries.oneOf(
        plain,
        Combinators.combine(types, positions, shares, plain)
            .as((type, length, start, then) -> new Schedule.Warmup(type, length, start, then)));
  }

  private static Arbitrary<Schedule> others() {
    Arbitrary<ScheduleType> types = Arbitraries.of(ScheduleType.class);
    Arbitrary<Double> peaks = Arbitraries.doubles().between(0, 10);
    Arbitrary<Double> shares = Arbitraries.doubles().between(0.01, 0.99);
    Arbitrary<Integer> lengths = Arbitraries.integers().between(101, 500);
    return Arbitraries.oneOf(
        Combinators.combine(types, peaks, shares, lengths)
            .as((type, peak, gamma, length) -> new Schedule.Step(type, peak, length / 9.0, gamma)),
        Combinators.combine(types, peaks, shares)
            .as((type, peak, gamma) -> new Schedule.Exponential(type, peak, gamma)),
        Combinators.combine(types, peaks, shares, lengths)
            .as(
                (type, peak, share, length) ->
                    new Schedule.Geometric(type, 0.01 * share, 0.01 + peak, length)),
        Combinators.combine(types, peaks, shares, lengths)
            .as((type, peak, power, to) -> new Schedule.Polynomial(type, peak, 2 * power, 9, to)),
        Combinators.combine(types, peaks, shares, lengths, Arbitraries.of(Schedule.Annealing.class))
            .as(
                (type, peak, rise, steps, curve) ->
                    new Schedule.OneCycle(type, peak, steps, rise, 25, 100, curve)));
  }

  @ParameterizedTest
  @EnumSource(ScheduleType.class)
  void invalidSchedulesAreRefused(ScheduleType type) {
    assertRefused(
        () -> new Schedule.MultiStep(type, 1, List.of(7, 3), 0.1),
        "schedule: expected milestones in ascending order but was [7, 3]");
    assertRefused(
        () -> new Schedule.Cosine(type, 0.1, 0.2, 0, 5),
        "schedule: expected a floor in [0, 0.1] but was 0.2");
    assertRefused(
        () -> new Schedule.Cosine(type, 0.1, 0, 5, 5),
        "schedule: expected 0 <= from < to but was 5 and 5");
    assertRefused(
        () -> new Schedule.Warmup(EPOCH, -1, 0.1, new FixedSchedule(1)),
        "schedule: expected at least 0 steps but was -1");
    assertRefused(
        () -> new Schedule.Step(type, 1, 0, 0.1),
        "schedule: expected a period of more than 0 but was 0.0");
    assertRefused(
        () -> new Schedule.OneCycle(type, 1, 2, 0.3, 25, 1e4, Schedule.Annealing.LINEAR),
        "schedule: expected a rise of more than 1 step but was 0.6");
  }

  private static void assertRefused(Runnable construction, String message) {
    assertThatThrownBy(construction::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}
