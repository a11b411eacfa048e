package org.resnet4j.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.resnet4j.recipe.Recipe;
import org.resnet4j.run.RunSetup;
import org.resnet4j.support.Json;
import org.resnet4j.training.Forecast;
import org.resnet4j.training.Trainer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "plan",
    description = {
      "Forecasts a training: minutes, memory and size of the model, from a trial of its first"
          + " steps. It takes the options of train, and writes nothing."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class PlanCommand implements Callable<Integer>, Checked {
  private static final double MEGA = 1e6;

  @Spec CommandSpec spec;

  @Mixin TrainingOptions trainingOptions;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "Seconds of each trial (default: ${DEFAULT-VALUE}).")
  double seconds = 10;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  /** The JSON document. */
  record Document(
      String model,
      String data,
      Recipe recipe,
      int batches,
      List<Forecast.Phase> phases,
      double testSeconds,
      double seconds,
      long residentBytes,
      long nativeBytes,
      long heapBytes,
      long checkpointBytes) {}

  @Override
  public void check() {
    trainingOptions.check(false);
    if (!(seconds > 0 && seconds <= 3600)) {
      throw new IllegalArgumentException(
          "--seconds: expected more than 0 and at most 3600 but was " + seconds);
    }
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    Trainer trainer = trainingOptions.trainer(spec.commandLine().getErr());
    Forecast forecast = trainingOptions.apply(trainer, false, null).forecast(seconds);
    if (json) {
      RunSetup setup = forecast.setup();
      Json.print(
          new Document(
              setup.architecture().name(),
              setup.training().name(),
              setup.recipe(),
              forecast.batches(),
              forecast.phases(),
              forecast.testSeconds(),
              forecast.seconds(),
              forecast.residentBytes(),
              forecast.nativeBytes(),
              forecast.heapBytes(),
              forecast.checkpointBytes()),
          out);
    } else {
      print(forecast, out);
    }
    out.flush();
    return 0;
  }

  private static void print(Forecast forecast, PrintWriter out) {
    RunSetup setup = forecast.setup();
    out.printf(
        "%s on %s by %s: %s epochs of %s batches of %s%n",
        setup.architecture().name(),
        setup.training().name(),
        setup.recipe().name(),
        setup.recipe().epochs(),
        forecast.batches(),
        setup.recipe().batch());
    for (Forecast.Phase phase : forecast.phases()) {
      out.printf(
          Locale.ROOT,
          "  %d epochs of %s: %.1f ms a step%n",
          phase.epochs(),
          time(forecast.epochSeconds(phase)),
          1000 * phase.stepSeconds());
    }
    out.printf(
        Locale.ROOT,
        "  in all %s, with evaluations of %s%n",
        time(forecast.seconds()),
        time(forecast.testSeconds()));
    out.printf(
        Locale.ROOT,
        "memory: %.0f MB of the process, %.0f MB of these beside Java's heap; %.0f MB of the heap in use%nmodel.zip: %.1f MB%n",
        forecast.residentBytes() / MEGA,
        forecast.nativeBytes() / MEGA,
        forecast.heapBytes() / MEGA,
        forecast.checkpointBytes() / MEGA);
  }

  private static String time(double seconds) {
    Duration time = Duration.ofMillis(Math.round(1000 * seconds));
    if (time.toHours() > 0) {
      return String.format(Locale.ROOT, "%d h %02d min", time.toHours(), time.toMinutesPart());
    }
    return time.toMinutes() > 0
        ? String.format(Locale.ROOT, "%d min %02d s", time.toMinutes(), time.toSecondsPart())
        : String.format(Locale.ROOT, "%.1f s", seconds);
  }
}
