package org.resnet4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Shape;
import org.resnet4j.data.Batches;
import org.resnet4j.data.ChannelStats;
import org.resnet4j.data.ClassMatching;
import org.resnet4j.data.sets.Dataset;
import org.resnet4j.data.sets.OpenDataset;
import org.resnet4j.image.Fit;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.Interpolation;
import org.resnet4j.image.Normalization;
import org.resnet4j.onednn.Precision;
import org.resnet4j.run.EvaluationResult;
import org.resnet4j.run.Predictions;
import org.resnet4j.run.RunRecord;
import org.resnet4j.support.Json;
import org.resnet4j.training.Checkpoint;
import org.resnet4j.zoo.Labels;
import org.resnet4j.zoo.Pretrained;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "evaluate",
    description = "Evaluates a model on test data: accuracy, per-class figures, confusion matrix.",
    mixinStandardHelpOptions = true)
final class EvaluateCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Parameters(
      paramLabel = "MODEL",
      description =
          "Model zip, folder of a run, pretrained weights, or architecture with --weights, built for the data's classes.")
  String model;

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
      paramLabel = "CxHxW",
      converter = ArchitectureOptions.ShapeConverter.class,
      description = "Shape that images are resized to, for weights that train did not write.")
  @Nullable Shape input;

  @Option(
      names = "--stats",
      paramLabel = "NAME",
      description =
          "Channel statistics that normalise pixels: imagenet, cifar10, …, none (default: as in training, else the data's).")
  @Nullable String stats;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Images in a batch (default: ${DEFAULT-VALUE}).")
  int batch = 128;

  @Mixin EngineOptions engineOptions;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Override
  public Integer call() throws Exception {
    PrintWriter err = spec.commandLine().getErr();
    Optional<RunRecord.Setup> setup =
        weightOptions.areGiven(model)
            ? Optional.empty()
            : Checkpoint.findRecord(Networks.file(Path.of(model))).map(RunRecord::setup);
    try (OpenDataset test = unseen(setup)) {
      Pretrained subject = weightOptions.areGiven(model) ? named(test) : zip(test, setup);
      ClassMatching outputs = outputs(subject, test.source().classes());
      err.println("test on " + test.origin());
      err.flush();
      Document document = evaluated(subject, test, outputs, err);
      if (json) {
        Json.print(document.flat(), spec.commandLine().getOut());
      } else {
        print(document, spec.commandLine().getOut());
      }
      return 0;
    }
  }

  /** Opens all images, or of the data that the run was trained on, those that it kept for the test. */
  private OpenDataset unseen(Optional<RunRecord.Setup> setup) throws IOException {
    Dataset set = DataOption.dataset(data);
    if (setup.isEmpty()) {
      return set.whole();
    }
    RunRecord.Data tested = setup.get().test();
    return set.as(setup.get().classes(), tested.heldOut(), tested.leftOut())
        .unseen(setup.get().training().fingerprint(), tested.fingerprint());
  }

  /** Returns the output for each class of the data; a model without labels has them in order. */
  private static ClassMatching outputs(Pretrained subject, List<String> classes) {
    List<String> labels = subject.labels();
    if (labels.isEmpty() || (labels.size() == classes.size() && labels.get(0).equals("class 0"))) {
      return ClassMatching.same(classes.size());
    }
    Labels imagenet = Labels.IMAGENET_1K;
    return ClassMatching.of(
        classes, labels, labels.equals(imagenet.names()) ? imagenet.wordnetIds() : List.of());
  }

  private Document evaluated(
      Pretrained subject, OpenDataset test, ClassMatching outputs, PrintWriter err)
      throws IOException {
    int images = test.source().size();
    try (Batches batches =
            Batches.of(test.source())
                .size(Math.min(batch, images))
                .pipeline(subject.pipeline())
                .build();
        ConsoleProgress progress = ConsoleProgress.on(err);
        ForwardPass forward = engineOptions.inference(subject.network(), batch, images)) {
      EvaluationResult result =
          Predictions.of(
                  forward::output,
                  batches,
                  test.source().classes(),
                  outputs,
                  done -> progress.evaluated(done, images))
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

  /** Returns weights by name, or of a file for a named architecture. */
  private Pretrained named(OpenDataset test) throws IOException, InterruptedException {
    int classes = test.source().classes().size();
    Shape shape = input == null ? test.spec().shape() : input;
    Pretrained pretrained =
        weightOptions.named(
            model,
            arch -> (shape == null ? arch : arch.input(shape)).classes(classes),
            spec.commandLine().getErr());
    // A file of weights for small images does not say how its training images were normalised.
    boolean unknown = pretrained.pipeline().normalization().equals(Normalization.UNIT);
    return normalised(pretrained, unknown ? test.spec().stats() : null);
  }

  /** Returns the network of a zip, with the pipeline of its training where it is known. */
  private Pretrained zip(OpenDataset test, Optional<RunRecord.Setup> setup) throws IOException {
    Path file = Networks.file(Path.of(model));
    if (setup.isPresent() && input == null) {
      return normalised(Pretrained.of(file), null);
    }
    Shape shape = input == null ? test.source().read(0).shape() : input;
    ChannelStats usual = setup.map(RunRecord.Setup::stats).orElse(test.spec().stats());
    ImagePipeline pipeline =
        ImagePipeline.of(shape, Fit.stretch(Interpolation.BILINEAR), Normalization.UNIT);
    return normalised(Pretrained.of(file, pipeline), usual);
  }

  /** Returns the model with the normalisation of --stats, or else with {@code usual}. */
  private Pretrained normalised(Pretrained opened, @Nullable ChannelStats usual) {
    ChannelStats chosen = stats == null ? usual : ChannelStats.byName(stats);
    return chosen == null ? opened : opened.with(opened.pipeline().with(chosen.normalization()));
  }

  private static void print(Document document, PrintWriter out) {
    EvaluationResult result = document.result();
    out.printf(Locale.ROOT, "accuracy %.4f on %,d images", result.accuracy(), result.examples());
    if (result.top5() != null) {
      out.printf(Locale.ROOT, ", top-5 %.4f", result.top5());
    }
    int classes = result.classes().size();
    if (classes < document.modelClasses()) {
      out.printf(
          Locale.ROOT, ", among %,d of the model's %,d classes", classes, document.modelClasses());
    }
    out.printf("%ncomputed by %s in %s%n", document.engine(), document.precision());
    out.printf("%n%-20s %8s %9s %8s %8s%n", "class", "images", "precision", "recall", "F1");
    for (EvaluationResult.ClassResult ofClass : result.classes()) {
      out.printf(
          Locale.ROOT,
          "%-20s %8d %9.4f %8.4f %8.4f%n",
          ofClass.name(),
          ofClass.examples(),
          ofClass.precision(),
          ofClass.recall(),
          ofClass.f1());
    }
    out.printf("%nconfusion matrix: rows are true classes, columns predicted classes%n");
    for (int i = 0; i < result.confusion().size(); i++) {
      out.printf("%-20s", result.classes().get(i).name());
      result.confusion().get(i).forEach(count -> out.printf(Locale.ROOT, "%6d", count));
      out.println();
    }
    out.flush();
  }
}
