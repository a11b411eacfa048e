package org.resnet4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Shape;
import org.resnet4j.data.ClassMatching;
import org.resnet4j.data.sets.Dataset;
import org.resnet4j.data.sets.OpenDataset;
import org.resnet4j.image.Fit;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.Interpolation;
import org.resnet4j.onednn.Precision;
import org.resnet4j.run.EvaluationResult;
import org.resnet4j.support.Json;
import org.resnet4j.training.Evaluation;
import org.resnet4j.zoo.Model;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "evaluate",
    description = "Evaluates a model on test data: accuracy, per-class figures, confusion matrix.",
    mixinStandardHelpOptions = true)
final class EvaluateCommand implements Callable<Integer>, Checked {
  @Spec CommandSpec spec;

  @Mixin ModelName modelName;

  @Mixin WeightOptions weightOptions;

  @Option(
      names = "--data",
      paramLabel = "DIR|NAME[:DIR]",
      required = true,
      completionCandidates = DataOption.Names.class,
      description = DataOption.HELP)
  String data;

  @Option(
      names = "--input",
      paramLabel = InputSize.LABEL,
      converter = InputSize.ShapeConverter.class,
      description = "Shape that images are resized to, for weights that train did not write.")
  @Nullable Shape input;

  @Option(
      names = "--stats",
      paramLabel = "NAME",
      description =
          "Channel statistics that normalise pixels: imagenet, cifar10, …, none (default: as in"
              + " training, else the data's).")
  @Nullable String stats;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Images in a batch (default: ${DEFAULT-VALUE}).")
  int batch = 128;

  @Option(
      names = "--mirror",
      description =
          "Take the mean of each image's probabilities and its mirror image's (test-time"
              + " augmentation).")
  boolean mirror;

  @Mixin PipelineOptions pipelineOptions;

  @Mixin EngineOptions engineOptions;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Override
  public void check() {
    weightOptions.check(modelName.get());
    pipelineOptions.check(stats);
    Checked.atLeast(1, "--batch", batch);
    DataOption.dataset(data);
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter err = spec.commandLine().getErr();
    Dataset set = DataOption.dataset(data);
    Model subject = opened(set);
    Evaluation plain = Evaluation.of(subject).on(set).batch(batch);
    Evaluation evaluation = mirror ? plain.mirrored() : plain;
    try (OpenDataset test = evaluation.open()) {
      ClassMatching outputs = evaluation.classes(test);
      err.println("test on " + test.origin());
      err.flush();
      Document document = evaluated(evaluation, subject, test, outputs, err);
      if (json) {
        Json.print(document.flat(), spec.commandLine().getOut());
      } else {
        print(document, spec.commandLine().getOut());
      }
      return 0;
    }
  }

  private Document evaluated(
      Evaluation evaluation,
      Model subject,
      OpenDataset test,
      ClassMatching outputs,
      PrintWriter err)
      throws IOException {
    int images = test.source().size();
    try (ConsoleProgress progress = ConsoleProgress.on(err);
        ForwardPass forward = engineOptions.inference(subject, batch)) {
      EvaluationResult result =
          evaluation
              .progress(done -> progress.evaluated(done, images))
              .run(test, forward::output)
              .result();
      return new Document(
          subject.name(),
          test.origin(),
          forward.engine(),
          forward.precision(),
          outputs.modelClasses(),
          result);
    }
  }

  private record Document(
      String model,
      String data,
      String engine,
      Precision precision,
      int modelClasses,
      EvaluationResult result) {

    /** Returns the JSON document, with the fields of the result at its top level. */
    Map<?, ?> flat() {
      Map<Object, Object> fields = new LinkedHashMap<>((Map<?, ?>) Json.tree(this));
      fields.putAll((Map<?, ?>) Objects.requireNonNull(fields.remove("result")));
      return fields;
    }
  }

  /** Returns the model with its own pipeline, changed by the options. */
  private Model opened(Dataset set) throws IOException {
    Model opened =
        weightOptions.open(
            modelName.get(),
            set,
            input,
            () ->
                ImagePipeline.of(
                    input == null ? firstImage(set) : input,
                    Fit.stretch(Interpolation.BILINEAR),
                    set.spec().stats().normalization()),
            spec.commandLine().getErr());
    return opened.with(pipelineOptions.apply(opened.pipeline(), stats));
  }

  private static Shape firstImage(Dataset set) throws IOException {
    try (OpenDataset test = set.whole()) {
      return test.source().read(0).shape();
    }
  }

  private static void print(Document document, PrintWriter out) {
    EvaluationResult result = document.result();
    out.printf(Locale.ROOT, "%s on %,d images", EvaluationText.headline(result), result.examples());
    if (result.top5() != null) {
      out.printf(Locale.ROOT, ", top-5 %.4f", result.top5());
    }
    int classes = result.classes().size();
    if (classes < document.modelClasses()) {
      out.printf(
          Locale.ROOT, ", among %,d of the model's %,d classes", classes, document.modelClasses());
    }
    out.println();
    if (result.trained() > 0) {
      out.println(result.trainedSentence());
    }
    out.printf("computed by %s in %s%n", document.engine(), document.precision());
    EvaluationText.print(result, out);
    out.flush();
  }
}
