package org.resnet4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.resnet4j.onednn.Precision;
import org.resnet4j.support.AtomicFile;
import org.resnet4j.support.Json;
import org.resnet4j.zoo.FeatureExtractor;
import org.resnet4j.zoo.Model;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "features",
    description = {
      "Writes the pooled embeddings of images, or the output of a layer, as .npy or .csv.",
      "Prints the image of each entry."
    },
    mixinStandardHelpOptions = true)
final class FeaturesCommand implements Callable<Integer>, Checked {
  @Spec CommandSpec spec;

  @Mixin ImageOptions imageOptions;

  @Mixin ModelOptions modelOptions;

  @Option(
      names = "--at",
      paramLabel = "PLACE",
      description =
          "Place in the network: pool for the embedding, C2 to C5 for stages 0 to 3, or a vertex"
              + " (default: ${DEFAULT-VALUE}).")
  String place = FeatureExtractor.POOL;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description =
          "Output file: .npy of [N, features] or [N, C, H, W], or .csv with a line for each image.")
  Path output;

  @Mixin EngineOptions engineOptions;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  /** The JSON document. */
  record Document(
      String model,
      String place,
      String output,
      List<Long> shape,
      String engine,
      Precision precision,
      List<String> files,
      List<ImageBatches.Failure> failures) {}

  @Override
  public void check() {
    FeatureFormat.of(output);
  }

  @Override
  public Integer call() throws Exception {
    FeatureFormat format = FeatureFormat.of(output);
    PrintWriter err = spec.commandLine().getErr();
    List<Path> files = imageOptions.files();
    Model model = modelOptions.open(err);
    try (ImageBatches images = imageOptions.batches(files, model.pipeline(), err);
        ForwardPass forward =
            engineOptions.inference(FeatureExtractor.graph(model, place), imageOptions.batch)) {
      List<String> read = new ArrayList<>();
      List<Long> shape = new ArrayList<>();
      AtomicFile.write(
          output,
          temporary -> {
            try (FeatureRows rows = format.open(temporary, files.size())) {
              ImageBatches.Batch next = images.next();
              if (next == null) {
                throw new IOException(output + ": not written, since no image could be read");
              }
              for (; next != null; next = images.next()) {
                rows.add(next.files(), forward.output(next.values()));
                next.files().forEach(file -> read.add(file.toString()));
              }
              shape.addAll(rows.finish());
            }
          });
      Document document =
          new Document(
              model.name(),
              place,
              output.toString(),
              shape,
              forward.engine(),
              forward.precision(),
              read,
              images.failures());
      print(document);
      return images.status();
    }
  }

  private void print(Document document) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      Json.print(document, out);
      return;
    }
    document.files().forEach(out::println);
    out.flush();
    spec.commandLine()
        .getErr()
        .printf(
            "%s %s at %s, computed by %s in %s%n",
            document.output(),
            document.shape(),
            document.place(),
            document.engine(),
            document.precision());
    spec.commandLine().getErr().flush();
  }
}
