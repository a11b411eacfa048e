package org.resnet4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Architectures;
import org.resnet4j.export.OnnxExport.BatchNorm;
import org.resnet4j.support.Json;
import org.resnet4j.weights.LoadReport;
import org.resnet4j.weights.Tolerance;
import org.resnet4j.zoo.ExportFormat;
import org.resnet4j.zoo.LoadOptions;
import org.resnet4j.zoo.Model;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.PretrainedWeights;
import org.resnet4j.zoo.UnknownArchitectureException;
import org.resnet4j.zoo.UnknownPipelineException;
import org.resnet4j.zoo.WeightSets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "convert",
    description = {
      "Converts weights of any known format to safetensors, ONNX or a Deeplearning4j zip.",
      "PyTorch loads the safetensors strictly."
    },
    mixinStandardHelpOptions = true)
final class ConvertCommand implements Callable<Integer>, Checked {
  @Spec CommandSpec spec;

  @Parameters(
      paramLabel = "FILE|NAME",
      description = "File of weights, folder of a run, or name of pretrained weights.")
  String from;

  @Option(
      names = "--to",
      required = true,
      paramLabel = "FILE",
      description = "Output file: .safetensors, .onnx or .zip.")
  Path to;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "Architecture of FILE; not needed for models from train or pretrained weights.")
  @Nullable String model;

  @Option(
      names = "--from-naming",
      paramLabel = "FAMILY",
      description = "State-dict key mapping of FILE, if it cannot be detected.")
  @Nullable String fromNaming;

  @Option(
      names = "--naming",
      paramLabel = "FAMILY",
      description =
          "State-dict key mapping of a .safetensors: torchvision, timm, huggingface, resnet4j, …"
              + " (default: ${DEFAULT-VALUE}).")
  String naming = "torchvision";

  @Option(
      names = "--folded",
      description = "Fold batch norms of an .onnx into the convolutions before them.")
  boolean folded;

  @Option(
      names = "--offline",
      description = "Do not download weights; fail if they are not in the cache.")
  boolean offline;

  @Mixin ArchitectureOptions architectureOptions;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  /** The JSON document. */
  record Document(
      String model, String to, ExportFormat format, long bytes, @Nullable LoadReport report) {}

  @Override
  public void check() {
    ExportFormat.of(to);
    LoadOptions.strict().naming(naming).naming(fromNaming);
    Optional<PretrainedWeights> set = WeightSets.find(from);
    boolean exists = Files.exists(Path.of(from));
    if (!exists && set.isEmpty() && !ModelArgument.isPath(from)) {
      throw new IllegalArgumentException(
          "%s: expected a file of weights, the folder of a run or pretrained weights but there is none"
              .formatted(from));
    }
    if (model == null) {
      if (exists || set.isEmpty()) {
        requireNoArchitectureOptions();
      }
      return;
    }
    if (!exists && set.isPresent()) {
      throw new IllegalArgumentException(
          "--model: %s already names the architecture %s; leave it out"
              .formatted(from, set.get().architecture()));
    }
    Architectures.byName(model);
  }

  private void requireNoArchitectureOptions() {
    Optional<String> given = ArchitectureOptions.given(spec);
    if (given.isPresent()) {
      throw new IllegalArgumentException(
          "%s: expected --model beside it, the architecture that it changes; name one, or leave it out"
              .formatted(given.orElseThrow()));
    }
  }

  @Override
  public Integer call() throws Exception {
    ExportFormat format = ExportFormat.of(to);
    Model loaded = load();
    loaded.export(to, naming, folded ? BatchNorm.FOLDED : BatchNorm.KEPT);
    PrintWriter out = spec.commandLine().getOut();
    Document document =
        new Document(
            loaded.requireArchitecture().name(),
            to.toString(),
            format,
            Files.size(to),
            loaded.provenance().report());
    if (json) {
      Json.print(document, out);
    } else {
      if (document.report() != null) {
        document.report().describe().lines().forEach(out::println);
      }
      out.printf(
          Locale.ROOT,
          "%s: %s as %s, %,d bytes%n",
          to,
          document.model(),
          format.title(),
          document.bytes());
      out.flush();
    }
    return 0;
  }

  private Model load() throws IOException {
    Optional<PretrainedWeights> set = WeightSets.find(from);
    LoadOptions options = LoadOptions.strict().change(architectureOptions::overwrite);
    if (set.isPresent() && !Files.exists(Path.of(from))) {
      return ofSet(set.get(), options);
    }
    ModelArgument.requireThere(from);
    if (model != null) {
      return Models.open(
          Path.of(from),
          LoadOptions.of(model)
              .change(architectureOptions::overwrite)
              .naming(fromNaming)
              .tolerate(Tolerance.OTHER_CHANNELS));
    }
    try {
      return Models.open(Path.of(from));
    } catch (UnknownArchitectureException e) {
      throw new IOException(
          "%s; name it by --model, for example --model %s"
              .formatted(e.problem(), ErrorMessage.architecture(from)),
          e);
    } catch (UnknownPipelineException e) {
      throw new IOException(e.problem() + "; name its architecture by --model", e);
    }
  }

  private Model ofSet(PretrainedWeights set, LoadOptions options) throws IOException {
    WeightOptions cache = new WeightOptions();
    cache.offline = offline;
    return Models.published(set, cache.file(set, spec.commandLine().getErr()), options);
  }
}
