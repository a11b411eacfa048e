package org.resnet4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.resnet4j.export.OnnxExport.BatchNorm;
import org.resnet4j.support.Json;
import org.resnet4j.weights.LoadReport;
import org.resnet4j.zoo.LoadOptions;
import org.resnet4j.zoo.LoadedNetwork;
import org.resnet4j.zoo.NetworkFile;
import org.resnet4j.zoo.PretrainedWeights;
import org.resnet4j.zoo.WeightSets;
import org.resnet4j.zoo.Zoo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "convert",
    description = {
      "Weights of any known format in, a file for another program out:",
      "PyTorch and everything that reads safetensors, ONNX runtimes, or Deeplearning4j."
    },
    mixinStandardHelpOptions = true)
final class ConvertCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Parameters(
      paramLabel = "FILE|NAME",
      description =
          "safetensors, PyTorch, Keras, ONNX, NumPy, a Deeplearning4j zip, folder of a run, or a weight set.")
  String from;

  @Option(
      names = "--to",
      required = true,
      paramLabel = "FILE",
      description = "Written: .safetensors, .onnx or .zip.")
  Path to;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "Architecture of the weights; what train and weight sets made says it itself.")
  @Nullable String model;

  @Option(
      names = "--from-naming",
      paramLabel = "FAMILY",
      description = "Whose names FILE has, where it does not tell.")
  @Nullable String fromNaming;

  @Option(
      names = "--naming",
      paramLabel = "FAMILY",
      description =
          "Whose names a .safetensors gets: torchvision, timm, huggingface, resnet4j, … (default: ${DEFAULT-VALUE}).")
  String naming = "torchvision";

  @Option(
      names = "--folded",
      description = "Batch norms of an .onnx go into the convolutions before them.")
  boolean folded;

  @Option(names = "--offline", description = "Use weights that are here, or refuse.")
  boolean offline;

  @Mixin ArchitectureOptions architectureOptions;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  /** The JSON document. */
  record Document(
      String model, String to, NetworkFile.Format format, long bytes, LoadReport report) {}

  @Override
  public Integer call() throws Exception {
    NetworkFile.Format format = NetworkFile.Format.of(to);
    LoadedNetwork loaded = load();
    NetworkFile.write(
        loaded.architecture(),
        loaded.network(),
        to,
        naming,
        folded ? BatchNorm.FOLDED : BatchNorm.KEPT);
    PrintWriter out = spec.commandLine().getOut();
    Document document =
        new Document(
            loaded.architecture().name(), to.toString(), format, Files.size(to), loaded.report());
    if (json) {
      Json.print(document, out);
    } else {
      out.print(document.report().describe());
      out.println();
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

  private LoadedNetwork load() throws IOException, InterruptedException {
    Path file = Networks.file(Path.of(from));
    Optional<PretrainedWeights> set = WeightSets.find(from);
    if (set.isPresent() && !Files.exists(file)) {
      return ofSet(set.get());
    }
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(
          "%s: expected a file of weights, the folder of a run or a weight set but there is none"
              .formatted(from));
    }
    if (model == null) {
      return Zoo.load(file);
    }
    LoadOptions options = LoadOptions.strict().architecture(architectureOptions::overwrite);
    return Zoo.load(model, file, fromNaming == null ? options : options.naming(fromNaming));
  }

  private LoadedNetwork ofSet(PretrainedWeights set) throws IOException, InterruptedException {
    if (model != null) {
      throw new IllegalArgumentException(
          "--model: %s is of %s; leave it out".formatted(set.name(), set.architecture()));
    }
    WeightOptions options = new WeightOptions();
    options.offline = offline;
    Path file = options.file(set, spec.commandLine().getErr());
    return Zoo.load(set, file, LoadOptions.strict().architecture(architectureOptions::overwrite));
  }
}
