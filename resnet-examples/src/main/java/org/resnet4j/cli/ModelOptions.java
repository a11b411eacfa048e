package org.resnet4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Shape;
import org.resnet4j.data.ChannelStats;
import org.resnet4j.zoo.PixelValues;
import org.resnet4j.zoo.Preprocessing;
import org.resnet4j.zoo.Pretrained;
import org.resnet4j.zoo.PretrainedWeights;
import org.resnet4j.zoo.WeightSets;
import org.resnet4j.zoo.WeightStore;
import picocli.CommandLine.Option;

/** Which trained network looks at pictures, for every command that shows it some. */
final class ModelOptions {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "NAME|FILE",
      description =
          "Weight set (./resnet weights), architecture for the most accurate of its sets, model zip, or folder of a run.")
  String model;

  @Option(
      names = "--weights",
      paramLabel = "FILE",
      description = "Weights of the architecture or weight set --model.")
  @Nullable Path weights;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "Names of the classes, one a line, in the order of the outputs.")
  @Nullable Path labels;

  @Option(
      names = "--input",
      paramLabel = "CxHxW",
      converter = ArchitectureOptions.ShapeConverter.class,
      description = "What pictures are stretched to, for a zip that train did not write.")
  @Nullable Shape input;

  @Option(
      names = "--stats",
      paramLabel = "NAME",
      description = "What pixels are normalised with: imagenet, cifar10, …, none.")
  @Nullable String stats;

  @Option(names = "--offline", description = "Use weights that are here, or refuse.")
  boolean offline;

  /** Reads the network; downloads weights that are not here, and says so. */
  Pretrained open(PrintWriter err) throws IOException, InterruptedException {
    Path file = Networks.file(Path.of(model));
    Pretrained opened =
        Files.isRegularFile(file) || model.endsWith(".zip") ? ofFile(file) : ofName(err);
    if (stats != null) {
      opened = opened.with(normalised(opened.preprocessing(), stats));
    }
    return labels == null ? opened : opened.with(Files.readAllLines(labels));
  }

  private Pretrained ofFile(Path file) throws IOException {
    if (weights != null) {
      throw new IllegalArgumentException(
          "--weights: expected an architecture or a weight set as --model but %s is a file; leave out one of the two"
              .formatted(file));
    }
    return input == null
        ? Pretrained.of(file)
        : Pretrained.of(file, Preprocessing.stretch(input, PixelValues.of(ChannelStats.NONE)));
  }

  private Pretrained ofName(PrintWriter err) throws IOException, InterruptedException {
    if (input != null) {
      throw new IllegalArgumentException(
          "--input: weights by name know what pictures they read; leave it out");
    }
    Optional<PretrainedWeights> named = WeightSets.find(model);
    if (weights != null) {
      return named.isPresent()
          ? Pretrained.of(named.get(), weights)
          : Pretrained.of(model, weights);
    }
    if (named.isEmpty() && WeightSets.best(model).isEmpty() && isArchitecture(model)) {
      throw new IllegalArgumentException(
          "--model %s: there are no published weights for this architecture; name yours with --weights FILE"
              .formatted(model));
    }
    PretrainedWeights set = WeightSets.byName(model);
    WeightStore store = WeightStore.usual();
    if (!offline && !store.has(set)) {
      err.printf("%s: downloading %s (%s)%n", set.name(), set.address(), set.licence());
      err.flush();
      store.fetch(set, new FetchLines(err));
    }
    return Pretrained.of(set, store.path(set));
  }

  private static boolean isArchitecture(String name) {
    return Architectures.all().stream().anyMatch(row -> row.name().equals(name));
  }

  private static Preprocessing normalised(Preprocessing like, String stats) {
    return new Preprocessing(
        like.fit(),
        like.resize(),
        like.output(),
        like.interpolation(),
        PixelValues.of(ChannelStats.byName(stats)));
  }
}
