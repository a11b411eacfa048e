package org.resnet4j.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.resnet4j.onednn.Precision;
import org.resnet4j.support.Json;
import org.resnet4j.zoo.Classifier;
import org.resnet4j.zoo.Model;
import org.resnet4j.zoo.Prediction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "classify",
    description = "Classifies images: prints the most probable classes of each.",
    mixinStandardHelpOptions = true)
final class ClassifyCommand implements Callable<Integer>, Checked {
  @Spec CommandSpec spec;

  @Mixin ImageOptions imageOptions;

  @Mixin ModelOptions modelOptions;

  @Option(
      names = "--top",
      paramLabel = "K",
      description = "Number of classes to print (default: ${DEFAULT-VALUE}).")
  int top = 5;

  @Mixin EngineOptions engineOptions;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  /** The predicted classes of one image. */
  record Answer(String file, List<Prediction> classes) {}

  /** The JSON document. */
  record Document(
      String model,
      String engine,
      Precision precision,
      List<Answer> images,
      List<ImageBatches.Failure> failures) {}

  @Override
  public void check() {
    Checked.atLeast(1, "--top", top);
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter err = spec.commandLine().getErr();
    PrintWriter out = spec.commandLine().getOut();
    List<Path> files = imageOptions.files();
    Model model = modelOptions.open(err);
    List<Answer> answers = new ArrayList<>();
    try (ImageBatches images = imageOptions.batches(files, model.pipeline(), err);
        ForwardPass forward = engineOptions.inference(model, imageOptions.batch)) {
      Classifier classifier = Classifier.on(model, forward::output);
      for (ImageBatches.Batch next = images.next(); next != null; next = images.next()) {
        List<List<Prediction>> predictions = classifier.predictions(next.values(), top);
        for (int i = 0; i < predictions.size(); i++) {
          Answer answer = new Answer(next.files().get(i).toString(), predictions.get(i));
          if (json) {
            answers.add(answer);
          } else {
            print(answer, out);
          }
        }
      }
      if (json) {
        Json.print(
            new Document(
                model.name(), forward.engine(), forward.precision(), answers, images.failures()),
            out);
      }
      return images.status();
    }
  }

  private static void print(Answer answer, PrintWriter out) {
    out.println(answer.file());
    for (Prediction prediction : answer.classes()) {
      out.printf(
          Locale.ROOT,
          "  %6.2f %%  %s (%d)%n",
          100 * prediction.probability(),
          prediction.label(),
          prediction.index());
    }
    out.flush();
  }
}
