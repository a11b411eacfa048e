package org.resnet4j.cli;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.CompileOptions;
import org.resnet4j.onednn.Int8Ranges;
import org.resnet4j.onednn.OneDnn;
import org.resnet4j.onednn.Precision;
import org.resnet4j.onednn.Profile;
import org.resnet4j.recipe.Recipe;
import org.resnet4j.zoo.Model;
import org.resnet4j.zoo.Quantized;
import picocli.CommandLine.Option;

/** The options for engine and precision of every command that runs a network. */
final class EngineOptions implements Checked {
  @Option(
      names = "--engine",
      description =
          "Program that computes: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}). AUTO is the"
              + " oneDNN engine, or Deeplearning4j for networks and processors that the engine lacks.")
  Engine engine = Engine.AUTO;

  @Option(
      names = "--precision",
      description =
          "Numbers that are multiplied: ${COMPLETION-CANDIDATES} (default: FP32, in training that"
              + " of the recipe; AUTO for quantized models). AUTO is INT8 for quantized models, or"
              + " BF16, if it is faster.")
  @Nullable Precision precision;

  @Override
  public void check() {
    if (engine == Engine.ND4J && precision != null) {
      requireSinglePrecision(precision);
    }
  }

  /**
   * Returns an inference of {@code model} in batches of up to {@code batch} images; of a quantized
   * model, in INT8 if that is faster.
   */
  ForwardPass inference(Model model, int batch) {
    Quantized quantized = model.quantized();
    Precision usual = quantized == null ? Precision.FP32 : Precision.AUTO;
    if (precision == Precision.INT8 && quantized == null) {
      throw new IllegalArgumentException(
          "--precision INT8: expected a quantized model but %s is none; make one with ./resnet quantize"
              .formatted(model.name()));
    }
    return inference(model.network(), batch, usual, quantized == null ? null : quantized.ranges());
  }

  /** Returns an inference of {@code graph}, which is not quantized. */
  ForwardPass inference(ComputationGraph graph, int batch) {
    if (precision == Precision.INT8) {
      throw new IllegalArgumentException(
          "--precision INT8: this command computes in FP32 or BF16; leave it out");
    }
    return inference(graph, batch, Precision.FP32, null);
  }

  private ForwardPass inference(
      ComputationGraph graph, int batch, Precision usual, @Nullable Int8Ranges ranges) {
    Precision wanted = precision == null ? usual : precision;
    if (engine == Engine.ND4J) {
      requireSinglePrecision(wanted);
      return ForwardPass.stock(graph);
    }
    CompileOptions plain = CompileOptions.inference().maximumBatch(batch).sharingParameters();
    CompileOptions options = (ranges == null ? plain : plain.int8(ranges)).precision(wanted);
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

  /** Permits falling back to Deeplearning4j unless it lacks the requested precision. */
  private CompileOptions mayFallBack(CompileOptions options) {
    return engine == Engine.AUTO
            && options.precision() != Precision.BF16
            && options.precision() != Precision.INT8
        ? options.orFallBack()
        : options;
  }

  private static void requireSinglePrecision(Precision wanted) {
    if (wanted == Precision.BF16 || wanted == Precision.INT8) {
      throw new IllegalArgumentException(
          "--engine ND4J: computes in FP32 but the precision is %s; leave out --engine, or choose --precision FP32"
              .formatted(wanted));
    }
  }
}
