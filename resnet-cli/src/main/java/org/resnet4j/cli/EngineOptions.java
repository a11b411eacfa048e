package org.resnet4j.cli;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.CompileOptions;
import org.resnet4j.onednn.OneDnn;
import org.resnet4j.onednn.Precision;
import org.resnet4j.onednn.Profile;
import org.resnet4j.recipe.Recipe;
import picocli.CommandLine.Option;

/** The options for engine and precision of every command that runs a network. */
final class EngineOptions implements Checked {
  @Option(
      names = "--engine",
      description =
          "Program that computes: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}). AUTO is the"
              + " oneDNN engine, or Deeplearning4j for networks that the engine lacks.")
  Engine engine = Engine.AUTO;

  @Option(
      names = "--precision",
      description =
          "Numbers that are multiplied: ${COMPLETION-CANDIDATES} (default: FP32, in training that"
              + " of the recipe). AUTO is BF16 for inference if it is faster.")
  @Nullable Precision precision;

  @Override
  public void check() {
    if (engine == Engine.ND4J && precision != null) {
      requireSinglePrecision(precision);
    }
  }

  /** Returns an inference of {@code graph} in batches of up to {@code batch} images. */
  ForwardPass inference(ComputationGraph graph, int batch) {
    Precision wanted = precision == null ? Precision.FP32 : precision;
    if (engine == Engine.ND4J) {
      requireSinglePrecision(wanted);
      return ForwardPass.stock(graph);
    }
    CompileOptions options = CompileOptions.inference().precision(wanted).maximumBatch(batch);
    return ForwardPass.compiled(OneDnn.compile(graph, mayFallBack(options)));
  }

  /** Returns {@code recipe} with the precision of {@code --precision}. */
  Recipe apply(Recipe recipe) {
    return precision == null
        ? recipe
        : recipe.with(
            next ->
                next.precision(
                    precision == Precision.BF16 ? Recipe.Precision.BF16 : Recipe.Precision.FP32));
  }

  /** Refuses {@code --profile} without the engine that it measures. */
  void check(boolean profile) {
    if (profile && engine == Engine.ND4J) {
      throw new IllegalArgumentException(
          "--profile: measures the oneDNN engine's primitives but the engine is ND4J; leave out one"
              + " of --profile and --engine");
    }
  }

  /** Refuses options that cannot train on this machine, before a network is built. */
  void check(Recipe recipe) {
    Precision wanted = Precision.valueOf(recipe.precision().name());
    if (engine == Engine.ND4J) {
      requireSinglePrecision(wanted);
    } else if (engine == Engine.ONEDNN || wanted == Precision.BF16) {
      OneDnn.require(wanted);
    }
  }

  /** Returns {@code graph}, or a graph on its parameters that trains on the engine. */
  ComputationGraph training(ComputationGraph graph, Recipe recipe, @Nullable Profile profile) {
    if (engine == Engine.ND4J) {
      return graph;
    }
    CompileOptions options =
        CompileOptions.training().precision(Precision.valueOf(recipe.precision().name()));
    return OneDnn.accelerate(
        graph, mayFallBack(profile == null ? options : options.profile(profile)));
  }

  /** Permits falling back to Deeplearning4j unless BF16 is requested, which it lacks. */
  private CompileOptions mayFallBack(CompileOptions options) {
    return engine == Engine.AUTO && options.precision() != Precision.BF16
        ? options.orFallBack()
        : options;
  }

  private static void requireSinglePrecision(Precision wanted) {
    if (wanted == Precision.BF16) {
      throw new IllegalArgumentException(
          "--engine ND4J: computes in FP32 but the precision is BF16; leave out --engine, or choose"
              + " --precision FP32");
    }
  }
}
