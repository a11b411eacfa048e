package org.resnet4j.cli;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.CompileOptions;
import org.resnet4j.onednn.OneDnn;
import org.resnet4j.onednn.Precision;
import org.resnet4j.onednn.Profile;
import org.resnet4j.recipe.Recipe;
import picocli.CommandLine.Option;

/** What computes a network, for every command that runs one. */
final class EngineOptions {
  @Option(
      names = "--engine",
      description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  Engine engine = Engine.AUTO;

  @Option(
      names = "--precision",
      description =
          "One of ${COMPLETION-CANDIDATES} (default: FP32, in training what the recipe says). AUTO is BF16 for inference where it is faster.")
  @Nullable Precision precision;

  /** Fewer images are done sooner without kernels that Java must compile first. */
  private static final int FEW = 250;

  /** {@code graph} as it is, to be run on {@code images} in batches of up to {@code batch}. */
  ForwardPass inference(ComputationGraph graph, int batch, long images) {
    Precision wanted = precision == null ? Precision.FP32 : precision;
    if (engine == Engine.ND4J) {
      requireSinglePrecision(wanted);
      return ForwardPass.stock(graph);
    }
    CompileOptions options = CompileOptions.inference().precision(wanted).maximumBatch(batch);
    CompileOptions started = images < FEW ? options.forFewImages() : options;
    return ForwardPass.compiled(OneDnn.compile(graph, mayFallBack(started)));
  }

  /** The precision that {@code recipe} trains in, with {@code --precision}. */
  Recipe apply(Recipe recipe) {
    return precision == null
        ? recipe
        : recipe.with(
            row ->
                row.precision(
                    precision == Precision.BF16 ? Recipe.Precision.BF16 : Recipe.Precision.FP32));
  }

  /** Refuses what cannot train on this machine, before there is a network. */
  void check(Recipe recipe, boolean profile) {
    if (profile && engine == Engine.ND4J) {
      throw new IllegalArgumentException(
          "--profile: measures the oneDNN engine's primitives but the engine is ND4J; leave out one of --profile and --engine");
    }
    Precision wanted = Precision.valueOf(recipe.precision().name());
    if (engine == Engine.ND4J) {
      requireSinglePrecision(wanted);
    } else if (engine == Engine.ONEDNN || wanted == Precision.BF16) {
      OneDnn.require(wanted);
    }
  }

  /** {@code graph}, or one on its parameters whose steps run on the engine. */
  ComputationGraph training(ComputationGraph graph, Recipe recipe, @Nullable Profile profile) {
    if (engine == Engine.ND4J) {
      return graph;
    }
    CompileOptions options =
        CompileOptions.training().precision(Precision.valueOf(recipe.precision().name()));
    return OneDnn.accelerate(
        graph, mayFallBack(profile == null ? options : options.profile(profile)));
  }

  /** Whoever asked for BF16 gets it or a refusal: stock Deeplearning4j does not have it. */
  private CompileOptions mayFallBack(CompileOptions options) {
    return engine == Engine.AUTO && options.precision() != Precision.BF16
        ? options.orFallBack()
        : options;
  }

  private static void requireSinglePrecision(Precision wanted) {
    if (wanted == Precision.BF16) {
      throw new IllegalArgumentException(
          "--engine ND4J: computes in FP32 but the precision is BF16; leave out --engine, or choose --precision FP32");
    }
  }
}
