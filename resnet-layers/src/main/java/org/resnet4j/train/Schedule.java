package org.resnet4j.train;

import java.util.List;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * A learning rate as a function of the zero-based iteration or epoch since training began.
 * Schedules with equal options are equal. They can be saved in a model's zip file, and every rate
 * is in [0, peak].
 *
 * <pre>{@code
 * ISchedule rate = new Schedule.Warmup(ITERATION, 500, 0.01, new Schedule.Cosine(EPOCH, 0.1, 0, 5, 90));
 * }</pre>
 */
public sealed interface Schedule extends ISchedule {
  /** Returns whether positions count iterations or epochs. */
  ScheduleType scheduleType();

  @Override
  Schedule clone();

  private static void require(boolean condition, String what, Object actual) {
    if (!condition) {
      throw new IllegalArgumentException("schedule: expected " + what + " but was " + actual);
    }
  }

  private static void requirePeak(double peak) {
    require(peak >= 0, "a peak of at least 0", peak);
  }

  private static void requireGamma(double gamma) {
    require(gamma > 0 && gamma <= 1, "gamma in (0, 1]", gamma);
  }

  private static void requireSpan(int from, int to) {
    require(from >= 0 && to > from, "0 <= from < to", from + " and " + to);
  }

  /** Returns the share of the way between two positions, in [0, 1]. */
  private static double progress(int position, int from, int to) {
    return Math.min(1, Math.max(0, (position - from) / (double) (to - from)));
  }

  private static int position(ScheduleType type, int iteration, int epoch) {
    return type == ScheduleType.ITERATION ? iteration : epoch;
  }

  /**
   * A schedule that multiplies the peak by {@code gamma} at every milestone: PyTorch's {@code
   * MultiStepLR}.
   *
   * @param milestones first iterations or epochs with a lower rate, in ascending order; may be
   *     empty
   * @param gamma in (0, 1]
   */
  record MultiStep(
      @JsonProperty("scheduleType") ScheduleType scheduleType,
      @JsonProperty("peak") double peak,
      @JsonProperty("milestones") List<Integer> milestones,
      @JsonProperty("gamma") double gamma)
      implements Schedule {
    public MultiStep {
      milestones = List.copyOf(milestones);
      requirePeak(peak);
      requireGamma(gamma);
      require(
          milestones.stream().sorted().distinct().toList().equals(milestones),
          "milestones in ascending order",
          milestones);
    }

    @Override
    public double valueAt(int iteration, int epoch) {
      int position = position(scheduleType, iteration, epoch);
      int passed = (int) milestones.stream().filter(milestone -> milestone <= position).count();
      return peak * Math.pow(gamma, passed);
    }

    @Override
    public MultiStep clone() {
      return this;
    }
  }

  /**
   * A schedule with the peak before {@code from}, half a cosine down to {@code floor} at {@code
   * to}, and the floor thereafter. It is PyTorch's {@code CosineAnnealingLR} with {@code T_max = to
   * − from}.
   *
   * @param floor in [0, peak]
   */
  record Cosine(
      @JsonProperty("scheduleType") ScheduleType scheduleType,
      @JsonProperty("peak") double peak,
      @JsonProperty("floor") double floor,
      @JsonProperty("from") int from,
      @JsonProperty("to") int to)
      implements Schedule {
    public Cosine {
      require(floor >= 0 && floor <= peak, "a floor in [0, " + peak + "]", floor);
      requireSpan(from, to);
    }

    @Override
    public double valueAt(int iteration, int epoch) {
      double progress = progress(position(scheduleType, iteration, epoch), from, to);
      return peak - (peak - floor) * 0.5 * (1 - Math.cos(Math.PI * progress));
    }

    @Override
    public Cosine clone() {
      return this;
    }
  }

  /**
   * A schedule that multiplies the peak by {@code gamma} after every period: PyTorch's {@code
   * StepLR}. With a period of 2.4 epochs it is the one of EfficientNet in timm.
   *
   * @param period iterations or epochs, more than 0; need not be whole
   * @param gamma in (0, 1]
   */
  record Step(
      @JsonProperty("scheduleType") ScheduleType scheduleType,
      @JsonProperty("peak") double peak,
      @JsonProperty("period") double period,
      @JsonProperty("gamma") double gamma)
      implements Schedule {
    public Step {
      requirePeak(peak);
      require(period > 0, "a period of more than 0", period);
      requireGamma(gamma);
    }

    @Override
    public double valueAt(int iteration, int epoch) {
      int position = position(scheduleType, iteration, epoch);
      return peak * Math.pow(gamma, Math.floor(position / period));
    }

    @Override
    public Step clone() {
      return this;
    }
  }

  /**
   * A schedule that multiplies the peak by {@code gamma} at every position: PyTorch's {@code
   * ExponentialLR}.
   *
   * @param gamma in (0, 1]
   */
  record Exponential(
      @JsonProperty("scheduleType") ScheduleType scheduleType,
      @JsonProperty("peak") double peak,
      @JsonProperty("gamma") double gamma)
      implements Schedule {
    public Exponential {
      requirePeak(peak);
      requireGamma(gamma);
    }

    @Override
    public double valueAt(int iteration, int epoch) {
      return peak * Math.pow(gamma, position(scheduleType, iteration, epoch));
    }

    @Override
    public Exponential clone() {
      return this;
    }
  }

  /**
   * A schedule that rises from {@code start} at position 0 to the peak at the last of {@code
   * steps}, by the same factor at every position: PyTorch's {@code ExponentialLR} with a gamma
   * above 1. It is that of a learning-rate range test (Smith 2017, arXiv:1506.01186).
   *
   * @param start more than 0 and less than the peak
   * @param steps at least 2
   */
  record Geometric(
      @JsonProperty("scheduleType") ScheduleType scheduleType,
      @JsonProperty("start") double start,
      @JsonProperty("peak") double peak,
      @JsonProperty("steps") int steps)
      implements Schedule {
    public Geometric {
      require(start > 0 && start < peak, "0 < start < peak", start + " and " + peak);
      require(peak < Double.POSITIVE_INFINITY, "a finite peak", peak);
      require(steps >= 2, "at least 2 steps", steps);
    }

    @Override
    public double valueAt(int iteration, int epoch) {
      int position = Math.min(steps - 1, position(scheduleType, iteration, epoch));
      return start * Math.pow(peak / start, position / (steps - 1.0));
    }

    @Override
    public Geometric clone() {
      return this;
    }
  }

  /**
   * A schedule with the peak before {@code from}, then {@code peak · (1 − progress)^power} down to
   * 0 at {@code to}, and 0 thereafter. It is PyTorch's {@code PolynomialLR} with {@code total_iters
   * = to − from}.
   *
   * @param power greater than 0; 1 for a line
   */
  record Polynomial(
      @JsonProperty("scheduleType") ScheduleType scheduleType,
      @JsonProperty("peak") double peak,
      @JsonProperty("power") double power,
      @JsonProperty("from") int from,
      @JsonProperty("to") int to)
      implements Schedule {
    public Polynomial {
      requirePeak(peak);
      require(power > 0, "a power of more than 0", power);
      requireSpan(from, to);
    }

    @Override
    public double valueAt(int iteration, int epoch) {
      double progress = progress(position(scheduleType, iteration, epoch), from, to);
      return peak * Math.pow(1 - progress, power);
    }

    @Override
    public Polynomial clone() {
      return this;
    }
  }

  /**
   * A schedule that rises from {@code peak / divisor} to the peak and falls to {@code peak /
   * divisor / finalDivisor} at the last of {@code steps} (Smith and Topin, arXiv:1708.07120). It is
   * PyTorch's {@code OneCycleLR} of two phases without {@code cycle_momentum}: momentum stays
   * constant.
   *
   * @param steps iterations or epochs of the whole training
   * @param rise share of the steps with a rising rate, {@code pct_start} of PyTorch, in (0, 1)
   * @param divisor {@code div_factor}, at least 1; PyTorch's default is 25
   * @param finalDivisor {@code final_div_factor}, at least 1; PyTorch's default is 10⁴
   */
  record OneCycle(
      @JsonProperty("scheduleType") ScheduleType scheduleType,
      @JsonProperty("peak") double peak,
      @JsonProperty("steps") int steps,
      @JsonProperty("rise") double rise,
      @JsonProperty("divisor") double divisor,
      @JsonProperty("finalDivisor") double finalDivisor,
      @JsonProperty("annealing") Annealing annealing)
      implements Schedule {
    public OneCycle {
      requirePeak(peak);
      require(rise > 0 && rise < 1, "a rise in (0, 1)", rise);
      require(rise * steps > 1, "a rise of more than 1 step", rise * steps);
      require(divisor >= 1, "a divisor of at least 1", divisor);
      require(finalDivisor >= 1, "a final divisor of at least 1", finalDivisor);
    }

    @Override
    public double valueAt(int iteration, int epoch) {
      int position = Math.min(steps - 1, position(scheduleType, iteration, epoch));
      double top = rise * steps - 1;
      double first = peak / divisor;
      return position <= top
          ? annealing.between(first, peak, position / top)
          : annealing.between(peak, first / finalDivisor, (position - top) / (steps - 1 - top));
    }

    @Override
    public OneCycle clone() {
      return this;
    }
  }

  /** The curve between two rates of {@link OneCycle}. */
  enum Annealing {
    /** An annealing by half a cosine. */
    COSINE,
    /** A line. */
    LINEAR;

    private double between(double start, double end, double progress) {
      double share = this == LINEAR ? progress : (1 - Math.cos(Math.PI * progress)) / 2;
      double value = start + (end - start) * share;
      return Math.min(Math.max(value, Math.min(start, end)), Math.max(start, end));
    }
  }

  /**
   * A schedule that multiplies another by a factor that rises linearly from {@code start} to 1 over
   * {@code steps}. It is PyTorch's {@code LinearLR(start_factor, 1, total_iters)} chained with the
   * other. The other schedule is not shifted.
   *
   * @param steps iterations or epochs until the factor is 1; 0 for no warm-up
   * @param start factor at position 0, in [0, 1]
   */
  record Warmup(
      @JsonProperty("scheduleType") ScheduleType scheduleType,
      @JsonProperty("steps") int steps,
      @JsonProperty("start") double start,
      @JsonProperty("then") ISchedule then)
      implements Schedule {
    public Warmup {
      require(steps >= 0, "at least 0 steps", steps);
      require(start >= 0 && start <= 1, "a start in [0, 1]", start);
    }

    @Override
    public double valueAt(int iteration, int epoch) {
      int position = position(scheduleType, iteration, epoch);
      double factor = position >= steps ? 1 : start + (1 - start) * position / steps;
      return factor * then.valueAt(iteration, epoch);
    }

    @Override
    public Warmup clone() {
      return new Warmup(scheduleType, steps, start, then.clone());
    }
  }
}
