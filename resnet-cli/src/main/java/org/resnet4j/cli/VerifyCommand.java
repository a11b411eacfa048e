package org.resnet4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Shape;
import org.resnet4j.support.Json;
import org.resnet4j.zoo.Model;
import org.resnet4j.zoo.UnknownPipelineException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "verify",
    description = {
      "Checks that every backend of this machine computes a network correctly.",
      "It compares logits with those of stock Deeplearning4j in double precision."
    },
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer>, Checked {
  @Spec CommandSpec spec;

  @Mixin ModelName modelName;

  @Mixin WeightOptions weightOptions;

  @Mixin ArchitectureOptions architectureOptions;

  @Option(
      names = "--images",
      paramLabel = "N",
      description = "Number of images (default: ${DEFAULT-VALUE}).")
  int images = 2;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  /** The JSON document. */
  record Document(
      String model,
      String architecture,
      int images,
      List<BackendCheck> backends,
      @Nullable String noEngineBecause,
      boolean equal) {}

  @Override
  public void check() {
    weightOptions.check(modelName.get());
    Checked.atLeast(1, "--images", images);
  }

  @Override
  public Integer call() throws Exception {
    Model subject;
    try {
      subject =
          weightOptions.open(
              modelName.get(), architectureOptions::overwrite, spec.commandLine().getErr());
    } catch (UnknownPipelineException e) {
      throw new IOException(
          e.problem() + "; name its architecture instead, and the file by --weights", e);
    }
    Shape input = subject.pipeline().output();
    BackendCheck.Result result = BackendCheck.all(subject.network(), input, images);
    Document document =
        new Document(
            subject.name(),
            subject.requireArchitecture().name(),
            images,
            result.checks(),
            result.noEngineBecause(),
            result.checks().stream().allMatch(BackendCheck::passed));
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      Json.print(document, out);
    } else {
      print(document, out);
    }
    return document.equal() ? 0 : 1;
  }

  private static void print(Document document, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "%s (%s), %d images, against Deeplearning4j in double precision%n",
        document.model(),
        document.architecture(),
        document.images());
    out.printf("%-24s %10s %10s %10s%n", "backend", "absolute", "relative", "at most");
    for (BackendCheck check : document.backends()) {
      out.printf(
          Locale.ROOT,
          "%-24s %10.1e %10.1e %10.1e  %s%n",
          check.backend(),
          check.absolute(),
          check.relative(),
          check.tolerance(),
          check.passed() ? "equal" : "DIFFERENT");
    }
    if (document.noEngineBecause() != null) {
      out.println("no engine, because " + document.noEngineBecause());
    }
    out.flush();
  }
}
