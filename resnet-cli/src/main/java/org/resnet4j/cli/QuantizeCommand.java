package org.resnet4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.resnet4j.data.sets.Dataset;
import org.resnet4j.support.Json;
import org.resnet4j.training.AgreementTooLowException;
import org.resnet4j.training.Quantization;
import org.resnet4j.zoo.Certificate;
import org.resnet4j.zoo.ExportFormat;
import org.resnet4j.zoo.Model;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "quantize",
    description = {
      "Quantizes a trained model to 8-bit integers, without training.",
      "Prints a certificate: agreement with FP32, and accuracies, on images that were not used for"
          + " the calibration."
    },
    mixinStandardHelpOptions = true)
final class QuantizeCommand implements Callable<Integer>, Checked {
  @Spec CommandSpec spec;

  @Mixin ModelName modelName;

  @Mixin WeightOptions weightOptions;

  @Option(
      names = "--calibrate",
      paramLabel = "DIR|NAME[:DIR]",
      required = true,
      completionCandidates = DataOption.Names.class,
      description = DataOption.HELP)
  String data;

  @Option(
      names = "--to",
      required = true,
      paramLabel = "FILE",
      description = "Output file: .zip for this program, or .onnx with QuantizeLinear operators.")
  Path to;

  @Option(
      names = "--images",
      paramLabel = "N",
      description =
          "Images for the calibration, at most half of all; the others are for the certificate"
              + " (default: ${DEFAULT-VALUE}).")
  int images = Quantization.IMAGES;

  @Option(
      names = "--agreement",
      paramLabel = "SHARE",
      description =
          "Least share of images with the same prediction as in FP32 (default: ${DEFAULT-VALUE}).")
  double agreement = Quantization.AGREEMENT;

  @Option(names = "--force", description = "Write the file whatever the agreement is.")
  boolean force;

  @Option(
      names = "--stats",
      paramLabel = "NAME",
      description = "Channel statistics that normalise pixels: imagenet, cifar10, …, none.")
  @Nullable String stats;

  @Mixin PipelineOptions pipelineOptions;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  /** The JSON document. */
  record Document(
      String model, String to, ExportFormat format, long bytes, Certificate certificate) {}

  @Override
  public void check() {
    if (ExportFormat.of(to) == ExportFormat.SAFETENSORS) {
      throw new IllegalArgumentException(
          to + ": expected a name that ends in .zip or .onnx for a quantized model");
    }
    weightOptions.check(modelName.get());
    pipelineOptions.check(stats);
    Checked.atLeast(1, "--images", images);
    if (!(agreement >= 0 && agreement <= 1)) {
      throw new IllegalArgumentException(
          "--agreement: expected a share from 0 to 1 but was " + agreement);
    }
    DataOption.dataset(data);
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    Dataset set = DataOption.dataset(data);
    Model subject = opened(set);
    Model quantized = quantized(subject, set, out);
    quantized.export(to);
    Certificate certificate = Objects.requireNonNull(quantized.quantized()).certificate();
    Document document =
        new Document(
            subject.name(), to.toString(), ExportFormat.of(to), Files.size(to), certificate);
    if (json) {
      Json.print(document, out);
    } else {
      certificate.describe().lines().forEach(out::println);
      out.printf(
          Locale.ROOT,
          "%s: %s as %s, %,d bytes%n",
          to,
          document.model(),
          document.format().title(),
          document.bytes());
      out.flush();
    }
    return 0;
  }

  private Model quantized(Model subject, Dataset set, PrintWriter out) throws IOException {
    try (ConsoleProgress progress = ConsoleProgress.on(spec.commandLine().getErr())) {
      Quantization quantization =
          Quantization.of(subject)
              .calibrate(set)
              .images(images)
              .agreement(agreement)
              .progress(progress::evaluated);
      return force ? quantization.force().run() : quantization.run();
    } catch (AgreementTooLowException e) {
      if (!json) {
        e.certificate().describe().lines().forEach(out::println);
        out.flush();
      }
      throw e;
    }
  }

  private Model opened(Dataset set) throws IOException {
    Model opened =
        weightOptions.open(modelName.get(), set, null, null, spec.commandLine().getErr());
    return opened.with(pipelineOptions.apply(opened.pipeline(), stats));
  }
}
