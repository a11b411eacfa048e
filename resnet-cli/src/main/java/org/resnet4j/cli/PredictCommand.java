package org.resnet4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.resnet4j.arch.ArchitectureBuilder;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Shape;
import org.resnet4j.graph.NonFinite;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.Normalization;
import org.resnet4j.onednn.UnsupportedGraphException;
import org.resnet4j.zoo.Models;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "predict",
    description = {
      "Runs a raw forward pass on a .npy, to compare logits with other programs.",
      "The input is [N, C, H, W], normalised; the output is the logits, [N, classes]."
    },
    mixinStandardHelpOptions = true)
final class PredictCommand implements Callable<Integer>, Checked {
  /** The largest number of channels of an image. */
  private static final int MOST_CHANNELS = 4;

  @Spec CommandSpec spec;

  @Mixin ModelName modelName;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "X.npy",
      description = "Input file: images [N, C, H, W] or vectors [N, features].")
  Path input;

  /** The orders of the axes of images. */
  enum Layout {
    NCHW,
    NHWC
  }

  @Option(
      names = "--layout",
      description =
          "Order of the axes of images in X.npy: ${COMPLETION-CANDIDATES} (default: NCHW).")
  @Nullable Layout layout;

  @Option(names = "--output", required = true, paramLabel = "Y.npy", description = "Output file.")
  Path output;

  @Option(
      names = "--classes",
      paramLabel = "N",
      description = "Number of classes of an architecture.")
  @Nullable Integer classes;

  @Option(
      names = "--fresh",
      description = "Take the architecture with random weights instead of published ones.")
  boolean fresh;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of the weights of --fresh (default: ${DEFAULT-VALUE}).")
  long seed = 42;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Images in a batch (default: ${DEFAULT-VALUE}).")
  int batch = 32;

  @Mixin WeightOptions weightOptions;

  @Mixin EngineOptions engineOptions;

  @Override
  public void check() {
    String model = modelName.get();
    Checked.atLeast(1, "--batch", batch);
    Checked.atLeast(1, "--classes", classes);
    if (fresh) {
      Architectures.byName(model);
      return;
    }
    if (weightOptions.areMissing(model)) {
      throw new IllegalArgumentException(
          "%s: there are no published weights for this architecture; name yours with --weights FILE, or take random ones with --fresh"
              .formatted(model));
    }
    weightOptions.check(model);
  }

  @Override
  public Integer call() throws Exception {
    INDArray images = NpyFile.read(input);
    if (images.rank() != 4 && images.rank() != 2) {
      throw new IOException(
          "%s: expected a shape [N, C, H, W] or [N, features] but was %s"
              .formatted(input, Arrays.toString(images.shape())));
    }
    images = channelsFirst(images);
    String notFinite = NonFinite.describe(images);
    if (notFinite != null) {
      throw new IOException(input + ": expected finite numbers but there is " + notFinite);
    }
    ComputationGraph network = network(images);
    Logits.expose(network);
    try (ForwardPass forward = engineOptions.inference(network, batch)) {
      INDArray logits = outputInBatches(forward, images);
      NpyFile.write(logits, output);
      spec.commandLine()
          .getErr()
          .printf(
              "%s %s -> %s, computed by %s in %s%n",
              output,
              Arrays.toString(images.shape()),
              Arrays.toString(logits.shape()),
              forward.engine(),
              forward.precision());
    }
    return 0;
  }

  /** Returns images as {@code [N, C, H, W]}; refuses those that look like {@code [N, H, W, C]}. */
  private INDArray channelsFirst(INDArray images) throws IOException {
    if (images.rank() != 4 || layout == Layout.NCHW) {
      return images;
    }
    if (layout == Layout.NHWC) {
      return images.permute(0, 3, 1, 2).dup('c');
    }
    if (images.size(3) <= MOST_CHANNELS && images.size(1) > MOST_CHANNELS) {
      throw new IOException(
          "%s: expected [N, C, H, W] but %s looks like [N, H, W, C]; add --layout NHWC, or write x.transpose(0, 3, 1, 2) (--layout NCHW if it is right as it is)"
              .formatted(input, Arrays.toString(images.shape())));
    }
    return images;
  }

  private ComputationGraph network(INDArray images) throws IOException {
    String model = modelName.get();
    UnaryOperator<ArchitectureBuilder> change =
        arch -> {
          arch.input(shape(images));
          return classes == null ? arch : arch.classes(classes);
        };
    if (fresh) {
      return Models.create(Architectures.byName(model).with(change), seed).network();
    }
    return weightOptions
        .open(
            model,
            change,
            null,
            () -> ImagePipeline.exact(shape(images), Normalization.UNIT),
            spec.commandLine().getErr())
        .network();
  }

  private static Shape shape(INDArray images) {
    return images.rank() == 2
        ? Shape.vector((int) images.size(1))
        : new Shape((int) images.size(1), (int) images.size(2), (int) images.size(3));
  }

  private INDArray outputInBatches(ForwardPass network, INDArray images) throws IOException {
    List<INDArray> parts = new ArrayList<>();
    for (long from = 0; from < images.size(0); from += batch) {
      long to = Math.min(from + batch, images.size(0));
      try {
        parts.add(network.output(images.get(NDArrayIndex.interval(from, to)).dup('c')));
      } catch (UnsupportedGraphException | ArithmeticException e) {
        throw e;
      } catch (RuntimeException e) {
        throw new IOException(
            "%s: %s: an input of shape %s does not fit this network: %s"
                .formatted(modelName.get(), input, Arrays.toString(images.shape()), e.getMessage()),
            e);
      }
    }
    return Nd4j.concat(0, parts.toArray(INDArray[]::new));
  }
}
