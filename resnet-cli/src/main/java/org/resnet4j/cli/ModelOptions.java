package org.resnet4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.ArchitectureBuilder;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.Fit;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.Interpolation;
import org.resnet4j.image.Normalization;
import org.resnet4j.zoo.ClassNames;
import org.resnet4j.zoo.LabelFile;
import org.resnet4j.zoo.Model;
import org.resnet4j.zoo.WeightSets;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options for the trained network of every command that applies one to images. */
final class ModelOptions implements Checked {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "NAME|FILE",
      description =
          "Pretrained weights (./resnet weights), architecture for its most accurate weights, model"
              + " zip, or folder of a run.")
  String model;

  @Mixin WeightOptions weightOptions;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description =
          "Names of the classes in the order of the outputs: one a line, with or without numbers,"
              + " or JSON, or a Python dictionary.")
  @Nullable Path labels;

  @Option(
      names = "--input",
      paramLabel = InputSize.LABEL,
      converter = InputSize.ShapeConverter.class,
      description =
          "Shape that images are resized to, for a zip that train did not write; with --weights,"
              + " the architecture's input.")
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

  @Mixin PipelineOptions pipelineOptions;

  @Override
  public void check() {
    weightOptions.check(model);
    pipelineOptions.check(stats);
    Checked.atLeast(1, "--classes", classes);
    if (classes != null && weightOptions.weights == null && weightOptions.isFile(model)) {
      throw new IllegalArgumentException(
          "--classes: expected --weights beside it, but %s has its own number of classes; leave it out"
              .formatted(model));
    }
    boolean own = weightOptions.weights != null && WeightSets.find(model).isEmpty();
    if (!own && !weightOptions.isFile(model) && (input != null || classes != null)) {
      throw new IllegalArgumentException(
          "%s: pretrained weights have a fixed input shape and number of classes; leave it out"
              .formatted(input != null ? "--input" : "--classes"));
    }
  }

  /** Returns the model; weights that are not in the cache are downloaded, with a message. */
  Model open(PrintWriter err) throws IOException {
    Shape shape = weightOptions.isFile(model) ? input : null;
    Model opened =
        weightOptions.open(
            model,
            this::overwrite,
            shape,
            shape == null
                ? null
                : () ->
                    ImagePipeline.of(
                        shape, Fit.stretch(Interpolation.BILINEAR), Normalization.UNIT),
            err);
    opened = opened.with(pipelineOptions.apply(opened.pipeline(), stats));
    return labels == null ? opened : opened.with(ClassNames.of(labels(labels, opened)));
  }

  /** Returns the names in {@code file}; a zip from elsewhere does not say how many it has. */
  private static List<String> labels(Path file, Model model) throws IOException {
    int classes = model.classes().names().size();
    return classes == 0 ? LabelFile.read(file) : LabelFile.read(file, classes);
  }

  private ArchitectureBuilder overwrite(ArchitectureBuilder arch) {
    if (input != null) {
      arch.input(input);
    }
    return classes == null ? arch : arch.classes(classes);
  }
}
