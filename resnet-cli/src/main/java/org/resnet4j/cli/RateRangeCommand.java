package org.resnet4j.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.resnet4j.support.AtomicFile;
import org.resnet4j.support.Json;
import org.resnet4j.training.RateRange;
import org.resnet4j.training.Trainer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A learning-rate range test. */
@Command(
    name = "rate-range",
    description = {
      "Tries learning rates: the loss while the rate rises from step to step, and the rate that"
          + " follows from it. It takes the options of train, and writes nothing but the plot."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class RateRangeCommand implements Callable<Integer>, Checked {
  private static final int ROWS = 20;

  @Spec CommandSpec spec;

  @Mixin TrainingOptions trainingOptions;

  @Option(
      names = "--lowest",
      paramLabel = "X",
      description = "Rate of the first step (default: ${DEFAULT-VALUE}).")
  double lowest = 1e-5;

  @Option(
      names = "--highest",
      paramLabel = "X",
      description = "Rate of the last step (default: ${DEFAULT-VALUE}).")
  double highest = 10;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Number of steps (default: ${DEFAULT-VALUE}).")
  int steps = 200;

  @Option(names = "--plot", paramLabel = "FILE", description = "Write a plot to an SVG file.")
  @Nullable Path plot;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  /** The JSON document. */
  record Document(
      String model,
      String data,
      double suggested,
      double lowestLossAt,
      List<RateRange.Point> points) {}

  @Override
  public void check() {
    trainingOptions.check(false);
    if (!(lowest > 0 && lowest < highest && highest < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "--lowest and --highest: expected rates above 0, the lowest first, but they were %s and %s"
              .formatted(lowest, highest));
    }
    if (plot != null && !plot.toString().endsWith(".svg")) {
      throw new IllegalArgumentException("--plot: expected a file named .svg but was " + plot);
    }
    if (steps < 2) {
      throw new IllegalArgumentException("--steps: expected 2 or more but was " + steps);
    }
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    Trainer trainer = trainingOptions.trainer(spec.commandLine().getErr());
    RateRange range = trainingOptions.apply(trainer, false, null).rateRange(lowest, highest, steps);
    double suggested = range.suggested(); // refuses a test without a finite loss
    if (plot != null) {
      AtomicFile.write(plot, range.svg());
    }
    if (json) {
      Json.print(
          new Document(
              range.setup().architecture().name(),
              range.setup().training().name(),
              suggested,
              range.lowest(),
              range.points()),
          out);
    } else {
      print(range, suggested, out);
    }
    out.flush();
    return 0;
  }

  private void print(RateRange range, double suggested, PrintWriter out) {
    List<RateRange.Point> points = range.points();
    out.println("learning rate        loss, smoothed");
    for (int i = 0; i < points.size(); i += Math.max(1, points.size() / ROWS)) {
      RateRange.Point point = points.get(i);
      out.printf(Locale.ROOT, "%13.3g %21.4f%n", point.rate(), point.smoothed());
    }
    out.printf(
        Locale.ROOT,
        "the loss is lowest at %.3g%s; a tenth of it, --lr %.2g, is a usual highest rate%n",
        range.lowest(),
        points.size() < steps
            ? String.format(
                Locale.ROOT, ", and the test ended at %.3g", points.get(points.size() - 1).rate())
            : "",
        suggested);
    if (range.endsFalling()) {
      out.println("the loss fell to the end: a higher --highest, or more --steps, say more");
    }
    if (plot != null) {
      out.println("plot: " + plot);
    }
  }
}
