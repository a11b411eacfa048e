package org.resnet4j.recipe;

import java.util.List;
import java.util.Objects;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.resnet4j.support.ForeignText;
import org.resnet4j.train.Schedule;

/**
 * The learning rate over a training, relative to the highest.
 *
 * @param kind of the decline
 * @param milestones zero-based epochs at which {@link Kind#STEPS} lowers the rate
 * @param factor of the rate at every milestone of {@link Kind#STEPS}, or in every epoch of {@link
 *     Kind#EXPONENTIAL}, in (0, 1)
 * @param power of {@link Kind#POLYNOMIAL}, more than 0; 1 is a line
 * @param lowest share of the highest rate at which {@link Kind#COSINE} and {@link Kind#ONE_CYCLE}
 *     end, in [0, 1)
 * @param unit whether the rate declines with every step or with every epoch; milestones and {@link
 *     Kind#EXPONENTIAL} count epochs always
 * @param warmup the rise before the decline
 * @param hold epochs at the highest rate between the rise and the decline of {@link Kind#COSINE}
 *     and {@link Kind#POLYNOMIAL}, 0 or more
 */
public record RateSchedule(
    Kind kind,
    List<Integer> milestones,
    double factor,
    double power,
    double lowest,
    Unit unit,
    Warmup warmup,
    double hold) {

  /** A curve of the learning rate. */
  public enum Kind {
    /** A constant rate. */
    CONSTANT,
    /** A rate that is multiplied by the factor at every milestone. */
    STEPS,
    /** A half cosine from the highest rate after the warm-up to the lowest. */
    COSINE,
    /** (1 − progress) to the power, from the highest rate after the warm-up to 0. */
    POLYNOMIAL,
    /** A rate that is multiplied by the factor after every epoch. */
    EXPONENTIAL,
    /**
     * PyTorch's {@code OneCycleLR}: the warm-up and the decline are half a cosine each (Smith and
     * Topin 2017, arXiv:1708.07120). A start or a lowest share of 0 stands for PyTorch's defaults,
     * 1/25 and 1/250,000.
     */
    ONE_CYCLE
  }

  /** The thing that a schedule counts. */
  public enum Unit {
    /** Optimiser steps. */
    STEP,
    /** Epochs: the rate is the same in all steps of one. */
    EPOCH
  }

  /**
   * A linear rise of the rate. That of one epoch by {@link Unit#EPOCH} from 0.1 holds 10 % of the
   * rate for the first epoch: the warm-up of ResNet-110 in He et al. 2015 (arXiv:1512.03385),
   * section 4.2, which the paper ends at a training error of 80 %, after about 400 iterations.
   *
   * @param epochs of the rise, 0 or more; 0 for none
   * @param start share of the highest rate at the first step, in [0, 1]; 0 for one step's share of
   *     the rise
   * @param unit whether the rate rises with every step or with every epoch
   */
  public record Warmup(double epochs, double start, Unit unit) {
    public Warmup {
      require(epochs >= 0 && Double.isFinite(epochs), "warm-up: expected 0 or more epochs", epochs);
      require(start >= 0 && start <= 1, "start of the warm-up: expected a share in [0, 1]", start);
      Objects.requireNonNull(unit, "unit");
      require(
          unit == Unit.STEP || epochs == Math.rint(epochs),
          "warm-up by EPOCH: expected whole epochs",
          epochs);
    }

    private ISchedule before(ISchedule then, int batches) {
      int steps = (int) Math.round(unit == Unit.EPOCH ? epochs : epochs * batches);
      return steps == 0
          ? then
          : new Schedule.Warmup(type(unit), steps, start == 0 ? 1.0 / steps : start, then);
    }
  }

  /** A constant rate without warm-up. */
  public static final RateSchedule CONSTANT =
      new RateSchedule(
          Kind.CONSTANT, List.of(), 0.1, 1, 0, Unit.STEP, new Warmup(0, 0, Unit.STEP), 0);

  private static final int MOST_SHOWN = 60;
  private static final double USUAL_DIVISOR = 25;
  private static final double USUAL_FINAL_DIVISOR = 1e4;

  public RateSchedule {
    milestones = List.copyOf(milestones);
    require(
        (kind == Kind.STEPS) != milestones.isEmpty(),
        "milestones: expected some with STEPS and none with another schedule",
        kind + " " + milestones);
    require(
        milestones.stream().sorted().distinct().toList().equals(milestones)
            && milestones.stream().allMatch(epoch -> epoch >= 0),
        "milestones: expected epochs in ascending order",
        milestones);
    require(factor > 0 && factor < 1, "factor: expected a value in (0, 1)", factor);
    require(power > 0 && Double.isFinite(power), "power: expected more than 0", power);
    require(lowest >= 0 && lowest < 1, "lowest: expected a share in [0, 1)", lowest);
    Objects.requireNonNull(unit, "unit");
    Objects.requireNonNull(warmup, "warmup");
    require(
        hold == 0 || (hold > 0 && (kind == Kind.COSINE || kind == Kind.POLYNOMIAL)),
        "hold: expected 0 epochs, or more with COSINE or POLYNOMIAL,",
        kind + " " + hold);
  }

  private static void require(boolean condition, String expected, Object actual) {
    if (!condition) {
      throw new IllegalArgumentException(
          "schedule: %s but was %s"
              .formatted(expected, ForeignText.start(String.valueOf(actual), MOST_SHOWN)));
    }
  }

  /** Returns a schedule that multiplies the rate by {@code factor} at every milestone. */
  public static RateSchedule steps(double factor, Integer... epochs) {
    return new RateSchedule(
        Kind.STEPS, List.of(epochs), factor, 1, 0, Unit.EPOCH, CONSTANT.warmup, 0);
  }

  /** Returns half a cosine down to {@code lowest}, a share of the highest rate. */
  public static RateSchedule cosine(double lowest, Unit unit) {
    return new RateSchedule(Kind.COSINE, List.of(), 0.1, 1, lowest, unit, CONSTANT.warmup, 0);
  }

  /** Returns this schedule after a rise from one step's share. */
  public RateSchedule warmup(double epochs) {
    return warmup(new Warmup(epochs, 0, Unit.STEP));
  }

  public RateSchedule warmup(Warmup value) {
    return new RateSchedule(kind, milestones, factor, power, lowest, unit, value, hold);
  }

  /** Returns this schedule stretched from {@code epochs} to others, with all it has. */
  RateSchedule stretched(int from, int to) {
    double scale = to / (double) from;
    List<Integer> scaled =
        milestones.stream()
            .map(epoch -> Math.max(1, (int) Math.round(epoch * scale)))
            .distinct()
            .toList();
    double rise = warmup.epochs * scale;
    Warmup scaledRise =
        new Warmup(warmup.unit == Unit.EPOCH ? Math.rint(rise) : rise, warmup.start, warmup.unit);
    return new RateSchedule(kind, scaled, factor, power, lowest, unit, scaledRise, hold * scale);
  }

  /** Returns the rates for {@code batches} steps an epoch. */
  ISchedule of(double highest, int epochs, int batches) {
    double before = warmup.epochs + hold;
    int first = (int) Math.round(unit == Unit.EPOCH ? before : before * batches);
    int last = unit == Unit.EPOCH ? epochs : epochs * batches;
    requireDecline(first, last);
    ScheduleType by = type(unit);
    return switch (kind) {
      case CONSTANT -> rising(new Schedule.MultiStep(by, highest, List.of(), factor), batches);
      case STEPS ->
          rising(new Schedule.MultiStep(ScheduleType.EPOCH, highest, milestones, factor), batches);
      case COSINE ->
          rising(new Schedule.Cosine(by, highest, lowest * highest, first, last), batches);
      case POLYNOMIAL -> rising(new Schedule.Polynomial(by, highest, power, first, last), batches);
      case EXPONENTIAL ->
          rising(new Schedule.Exponential(ScheduleType.EPOCH, highest, factor), batches);
      case ONE_CYCLE -> oneCycle(by, highest, last, warmup.epochs / epochs);
    };
  }

  private void requireDecline(int first, int last) {
    String things = unit == Unit.EPOCH ? "epochs" : "steps";
    require(
        (kind != Kind.COSINE && kind != Kind.POLYNOMIAL) || first < last,
        "warm-up and hold: expected fewer than the %s %s of the training, so that %s declines,"
            .formatted(last, things, kind),
        first);
    require(
        kind != Kind.ONE_CYCLE || first > 1,
        "warm-up: expected 2 or more %s with ONE_CYCLE".formatted(things),
        first);
  }

  private ISchedule rising(ISchedule then, int batches) {
    return warmup.before(then, batches);
  }

  private ISchedule oneCycle(ScheduleType by, double highest, int steps, double rise) {
    double divisor = warmup.start == 0 ? USUAL_DIVISOR : 1 / warmup.start;
    double end = lowest == 0 ? USUAL_FINAL_DIVISOR : 1 / (lowest * divisor);
    return new Schedule.OneCycle(by, highest, steps, rise, divisor, end, Schedule.Annealing.COSINE);
  }

  private static ScheduleType type(Unit unit) {
    return unit == Unit.EPOCH ? ScheduleType.EPOCH : ScheduleType.ITERATION;
  }
}
