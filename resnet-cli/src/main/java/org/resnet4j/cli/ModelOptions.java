package org.resnet4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.ArchitectureBuilder;
import org.resnet4j.arch.Shape;
import org.resnet4j.data.ChannelStats;
import org.resnet4j.image.Fit;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.Interpolation;
import org.resnet4j.image.Normalization;
import org.resnet4j.zoo.Pretrained;
import org.resnet4j.zoo.WeightSets;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options for the trained network of every command that applies one to images. */
final class ModelOptions {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "NAME|FILE",
      description =
          "Pretrained weights (./resnet weights), architecture for its most accurate weights, model zip, or folder of a run.")
  String model;

  @Mixin WeightOptions weightOptions;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "Names of the classes, one a line, in the order of the outputs.")
  @Nullable Path labels;

  @Option(
      names = "--input",
      paramLabel = "CxHxW",
      converter = ArchitectureOptions.ShapeConverter.class,
      description =
          "Shape that images are resized to, for a zip that train did not write; with --weights, the architecture's input.")
  @Nullable Shape input;

  @Option(
      names = "--classes",
      paramLabel = "N",
      description = "Number of classes of the architecture, with --weights.")
  @Nullable Integer classes;

  @Option(
      names = "--stats",
      paramLabel = "NAME",
      description = "Channel statistics that normalise pixels: imagenet, cifar10, …, none.")
  @Nullable String stats;

  /** Returns the network; weights that are not in the cache are downloaded, with a message. */
  Pretrained open(PrintWriter err) throws IOException, InterruptedException {
    Path file = Networks.file(Path.of(model));
    Pretrained opened =
        Files.isRegularFile(file) || model.endsWith(".zip") ? ofFile(file) : ofName(err);
    if (stats != null) {
      opened = opened.with(opened.pipeline().with(ChannelStats.byName(stats).normalization()));
    }
    return labels == null ? opened : opened.with(Files.readAllLines(labels));
  }

  private Pretrained ofFile(Path file) throws IOException {
    if (weightOptions.weights != null) {
      throw new IllegalArgumentException(
          "--weights: expected an architecture or pretrained weights as --model but %s is a file; leave out one of the two"
              .formatted(file));
    }
    return input == null
        ? Pretrained.of(file)
        : Pretrained.of(
            file, ImagePipeline.of(input, Fit.stretch(Interpolation.BILINEAR), Normalization.UNIT));
  }

  private Pretrained ofName(PrintWriter err) throws IOException, InterruptedException {
    boolean own = weightOptions.weights != null && WeightSets.find(model).isEmpty();
    if (!own && (input != null || classes != null)) {
      throw new IllegalArgumentException(
          "%s: pretrained weights have a fixed input shape and number of classes; leave it out"
              .formatted(input != null ? "--input" : "--classes"));
    }
    return weightOptions.named(model, this::overwrite, err);
  }

  private ArchitectureBuilder overwrite(ArchitectureBuilder arch) {
    if (input != null) {
      arch.input(input);
    }
    return classes == null ? arch : arch.classes(classes);
  }
}
