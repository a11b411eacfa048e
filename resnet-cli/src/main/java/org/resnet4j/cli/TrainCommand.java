package org.resnet4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.resnet4j.support.Json;
import org.resnet4j.training.Trainer;
import org.resnet4j.training.Training;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "train",
    description = {
      "Trains a network, evaluates it on the test data, and writes model.zip, run.json,"
          + " report.html, metrics.csv and TensorBoard events.",
      "Without options: a small ResNet on Fashion-MNIST, in minutes."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer>, Checked {
  @Spec CommandSpec spec;

  @Mixin TrainingOptions trainingOptions;

  @Mixin RunOptions runOptions;

  @Option(
      names = "--profile",
      description = "Print at the end the share of time spent in each of the engine's primitives.")
  boolean profile;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Override
  public void check() {
    trainingOptions.engineOptions.check(profile);
    trainingOptions.check(runOptions.resume);
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter err = spec.commandLine().getErr();
    Trainer trainer = runOptions.resume ? runOptions.resumed() : trainingOptions.trainer(err);
    try (ConsoleProgress progress = ConsoleProgress.on(err)) {
      TrainingProfile measured = profile ? new TrainingProfile(progress) : null;
      trainingOptions.apply(
          trainer, runOptions.resume, measured == null ? null : measured.profile());
      runOptions.apply(trainer);
      trainer.progress(measured == null ? progress : measured);
      Training.Result result = runOptions.run(trainer);
      print(
          result,
          measured == null ? null : measured.summary(),
          trainingOptions.dataOptions.words(trainer));
      return 0;
    }
  }

  private void print(Training.Result result, TrainingProfile.@Nullable Summary summary, String data)
      throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      Map<String, Object> document = TrainingSummary.document(result);
      if (summary != null) {
        document.put("profile", summary);
      }
      document.put("run", result.record());
      Json.print(document, out);
      return;
    }
    if (summary != null) {
      summary.print(spec.commandLine().getErr());
    }
    TrainingSummary.print(result, out);
    boolean isFirst = trainingOptions.dataOptions.data == null && !runOptions.resume;
    TrainingSummary.printHints(result.folder(), data, isFirst, out);
    out.flush();
  }
}
