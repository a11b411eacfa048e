package org.resnet4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.ArchitectureBuilder;
import org.resnet4j.arch.Architectures;
import org.resnet4j.zoo.LoadOptions;
import org.resnet4j.zoo.Pretrained;
import org.resnet4j.zoo.PretrainedWeights;
import org.resnet4j.zoo.WeightSets;
import org.resnet4j.zoo.WeightStore;
import picocli.CommandLine.Option;

/** The options for the weights of a network named on the command line. */
final class WeightOptions {
  @Option(
      names = "--weights",
      paramLabel = "FILE",
      description =
          "File with weights for the architecture, in any format that ./resnet convert reads.")
  @Nullable Path weights;

  @Option(
      names = "--naming",
      paramLabel = "FAMILY",
      description = "State-dict key mapping of --weights, if it cannot be detected.")
  @Nullable String naming;

  @Option(
      names = "--offline",
      description = "Do not download weights; fail if they are not in the cache.")
  boolean offline;

  /** Returns whether {@code model} has trained weights, from {@code --weights} or published. */
  boolean areGiven(String model) {
    return weights != null || WeightSets.find(model).isPresent();
  }

  /** Returns the options for reading {@code --weights} into a changed architecture. */
  LoadOptions options(UnaryOperator<ArchitectureBuilder> change) {
    LoadOptions options = LoadOptions.strict().architecture(change);
    return naming == null ? options : options.naming(naming);
  }

  /**
   * Returns the network named {@code model}; weights that are not in the cache are downloaded, with
   * a message.
   *
   * @param change applied to an architecture; refused by published weights
   */
  Pretrained named(String model, UnaryOperator<ArchitectureBuilder> change, PrintWriter err)
      throws IOException, InterruptedException {
    Optional<PretrainedWeights> named = WeightSets.find(model);
    if (weights != null) {
      return named.isPresent()
          ? Pretrained.of(named.get(), weights)
          : Pretrained.of(model, weights, options(change));
    }
    if (naming != null) {
      throw new IllegalArgumentException(
          "--naming: expected a file with --weights; published weights have known names");
    }
    if (named.isEmpty() && WeightSets.best(model).isEmpty() && isArchitecture(model)) {
      throw new IllegalArgumentException(
          "%s: there are no published weights for this architecture; name yours with --weights FILE"
              .formatted(model));
    }
    PretrainedWeights set = WeightSets.byName(model);
    return Pretrained.of(set, file(set, err));
  }

  /** Returns the file of {@code set} in the cache, downloaded if it is not there. */
  Path file(PretrainedWeights set, PrintWriter err) throws IOException, InterruptedException {
    WeightStore store = WeightStore.usual();
    if (offline || store.has(set)) {
      return store.path(set);
    }
    err.printf("%s: downloading %s (%s)%n", set.name(), set.address(), set.licence());
    err.flush();
    return store.fetch(set, new FetchLines(err));
  }

  private static boolean isArchitecture(String name) {
    return Architectures.all().stream().anyMatch(architecture -> architecture.name().equals(name));
  }
}
