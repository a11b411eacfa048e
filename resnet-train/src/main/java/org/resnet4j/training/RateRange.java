package org.resnet4j.training;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.run.RunSetup;
import org.resnet4j.support.LineChart;

/**
 * A learning-rate range test (Smith 2017, arXiv:1506.01186): the loss while the rate rises from
 * step to step. It ends early once the loss is four times its lowest, or no number any more.
 *
 * @param setup of the training that was tried
 * @param points in the order of their rates
 */
public record RateRange(RunSetup setup, List<Point> points) {
  /** The share of the mean loss that a step keeps. */
  private static final double KEPT = 0.95;

  /** The loss, relative to the lowest, at which the test ends. */
  private static final double HOPELESS = 4;

  private static final double A_TENTH = 0.1;

  /**
   * A step.
   *
   * @param rate of the step
   * @param loss of its batch without weight decay, before the step
   * @param smoothed mean of the losses so far, of which each step keeps 95 %, without the bias of
   *     its start
   */
  public record Point(double rate, double loss, double smoothed) {}

  public RateRange {
    points = List.copyOf(points);
  }

  /** Trains {@code graph}, whose schedule rises, for {@code steps}. */
  static RateRange of(RunSetup setup, ComputationGraph graph, EpochBatches training, int steps) {
    Nd4j.getRandom().setSeed(setup.seed());
    List<Point> points = new ArrayList<>();
    double lowest = Double.POSITIVE_INFINITY;
    double mean = 0;
    Iterator<DataSet> batches = training.endless();
    for (int step = 0; step < steps; step++) {
      double rate = graph.getLearningRate(graph.getConfiguration().getNetworkOutputs().get(0));
      double decay = graph.calcRegularizationScore(true);
      graph.fit(batches.next());
      double loss = graph.score() - decay;
      mean = KEPT * mean + (1 - KEPT) * loss;
      double smoothed = mean / (1 - Math.pow(KEPT, step + 1.0));
      if (!(smoothed <= HOPELESS * lowest)) { // NaN ends the test, too
        break;
      }
      lowest = Math.min(lowest, smoothed);
      points.add(new Point(rate, loss, smoothed));
    }
    return new RateRange(setup, points);
  }

  /**
   * Returns the rate at which the smoothed loss is lowest; it is too high for a training.
   *
   * @throws IllegalStateException when there is no loss, or none below that of the first step
   */
  public double lowest() {
    Point lowest =
        points.stream()
            .min(Comparator.comparingDouble(Point::smoothed))
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "learning-rate range test: expected a finite loss at the lowest rate; is it too high, or are there NaNs in the data?"));
    if (lowest.equals(points.get(0))) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "learning-rate range test: expected a loss that falls but it is lowest at the first rate, %.3g; begin at a lower rate, or take more steps",
              lowest.rate()));
    }
    return lowest.rate();
  }

  /** Returns whether the loss is lowest at the last rate, so that a higher one may be better. */
  public boolean endsFalling() {
    return lowest() == points.get(points.size() - 1).rate();
  }

  /** Returns a tenth of {@link #lowest}, a usual highest rate of a schedule. */
  public double suggested() {
    return A_TENTH * lowest();
  }

  /** Returns a plot of the smoothed loss over the logarithm of the rate, as an SVG file. */
  public String svg() {
    List<LineChart.Point> smoothed =
        points.stream()
            .map(point -> new LineChart.Point(Math.log10(point.rate()), point.smoothed()))
            .toList();
    return new LineChart(
            "log10 of the learning rate", 0, List.of(new LineChart.Line("training", smoothed)))
        .file();
  }
}
