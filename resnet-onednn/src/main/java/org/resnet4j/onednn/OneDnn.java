package org.resnet4j.onednn;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.resnet4j.graph.NonFinite;
import org.resnet4j.onednn.exec.CpuFeatures;
import org.resnet4j.onednn.exec.Memory;
import org.resnet4j.onednn.exec.Native;
import org.resnet4j.onednn.exec.OneDnnLibrary;
import org.resnet4j.onednn.lower.GraphReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The entry point of the engine: compiles Deeplearning4j graphs for the CPU. */
public final class OneDnn {
  private static final Logger LOG = LoggerFactory.getLogger(OneDnn.class);

  private OneDnn() {}

  /**
   * Returns the library, instruction set and capabilities that the engine uses here.
   *
   * @throws EngineUnavailableException when it does not run here
   */
  public static EngineEnvironment environment() {
    require(Precision.FP32);
    return new EngineEnvironment(
        OneDnnLibrary.version(),
        CpuFeatures.instructionSet(),
        CpuFeatures.limit(),
        CpuFeatures.multipliesBfloat16(),
        Native.isFasterInBfloat16(),
        Native.kernelObstacle(),
        Native.stockPreference());
  }

  /**
   * Refuses a {@code precision} that the engine does not compute in on this machine.
   *
   * @throws EngineUnavailableException that says why
   */
  public static void require(Precision precision) {
    String obstacle = Obstacle.to(precision);
    if (obstacle != null) {
      throw new EngineUnavailableException(obstacle);
    }
  }

  /**
   * Returns a frozen copy of {@code graph} for inference; with {@link
   * CompileOptions#sharingParameters()}, the parameters are not copied.
   *
   * @throws UnsupportedGraphException naming the vertex, unless {@link
   *     CompileOptions#orFallBack()}; if the decision depends on the shape of the input, the first
   *     call throws it
   * @throws EngineUnavailableException when the engine does not run here, unless {@link
   *     CompileOptions#orFallBack()}
   * @throws IllegalArgumentException when a parameter is NaN or infinite, unless {@link
   *     CompileOptions#orFallBack()}
   */
  public static CompiledNetwork compile(ComputationGraph graph, CompileOptions options) {
    String obstacle = Obstacle.to(options);
    if (obstacle != null && !options.fallBack()) {
      throw new EngineUnavailableException(obstacle);
    }
    if (!options.fallBack()) {
      GraphReader.check(graph, false);
    }
    requireOpen(graph);
    String broken = obstacle == null ? nonFinite(graph) : null;
    if (broken != null && !options.fallBack()) {
      throw new IllegalArgumentException(broken);
    }
    ComputationGraph copy = copy(graph, options.shared());
    return new CompiledNetwork(
        copy,
        options,
        broken == null ? obstacle : broken,
        copy::output,
        options.shared() ? SharedParameters.of(graph)::requireUnchanged : () -> {});
  }

  /**
   * Returns a calibration of a copy of {@code graph}, for inference in 8-bit integers.
   *
   * @throws UnsupportedGraphException naming the vertex
   * @throws EngineUnavailableException when the engine does not run here
   * @throws IllegalArgumentException when a parameter is NaN or infinite
   */
  public static Int8Calibration calibrate(ComputationGraph graph) {
    require(Precision.FP32);
    GraphReader.check(graph, false);
    requireOpen(graph);
    String broken = nonFinite(graph);
    if (broken != null) {
      throw new IllegalArgumentException(broken);
    }
    return new Int8Calibration(copy(graph, false));
  }

  private static @Nullable String nonFinite(ComputationGraph graph) {
    if (Memory.areFinite(graph.params())) {
      return null;
    }
    return graph.paramTable().entrySet().stream()
        .filter(parameter -> NonFinite.first(parameter.getValue()) >= 0)
        .findFirst()
        .map(
            parameter ->
                "the parameter "
                    + parameter.getKey()
                    + ": expected finite numbers but there is "
                    + NonFinite.describe(parameter.getValue())
                    + "; load other weights, or train with a lower learning rate")
        .orElseThrow();
  }

  private static void requireOpen(ComputationGraph graph) {
    Programs.requireOpen("the graph's parameters", graph.params());
  }

  /** Returns a copy of {@code graph}, of its parameters too unless they are shared. */
  private static ComputationGraph copy(ComputationGraph graph, boolean sharing) {
    ComputationGraph copy = new ComputationGraph(MergeAxes.copy(graph.getConfiguration()));
    copy.init(sharing ? graph.params() : graph.params().dup(), false);
    return copy;
  }

  /**
   * Returns a frozen copy of {@code network}, as {@link #compile(ComputationGraph, CompileOptions)}
   * does.
   */
  public static CompiledNetwork compile(MultiLayerNetwork network, CompileOptions options) {
    return compile(ChainGraph.of(network), options);
  }

  /**
   * Returns a {@code ComputationGraph} on the same parameters whose training steps run on the
   * engine, in single precision.
   */
  public static ComputationGraph accelerate(ComputationGraph graph) {
    return accelerate(graph, CompileOptions.training());
  }

  /**
   * Returns the graph of {@link #accelerate(ComputationGraph)}, with options.
   *
   * @throws UnsupportedGraphException naming the vertices, unless {@link
   *     CompileOptions#orFallBack()}
   * @throws EngineUnavailableException when the engine does not run here, unless {@link
   *     CompileOptions#orFallBack()}
   */
  public static ComputationGraph accelerate(ComputationGraph graph, CompileOptions options) {
    return isTrainable(graph, options) ? new AcceleratedGraph(graph, options) : graph;
  }

  /**
   * Returns a {@code MultiLayerNetwork} whose training steps and outputs the engine computes, in
   * single precision. It shares parameters, configuration and the counts of iterations and epochs
   * with {@code network}; the updater's state is a copy.
   */
  public static MultiLayerNetwork accelerate(MultiLayerNetwork network) {
    return accelerate(network, CompileOptions.training());
  }

  /**
   * Returns the network of {@link #accelerate(MultiLayerNetwork)}, with options.
   *
   * @throws UnsupportedGraphException naming layers by their numbers from 0, unless {@link
   *     CompileOptions#orFallBack()}
   * @throws EngineUnavailableException when the engine does not run here, unless {@link
   *     CompileOptions#orFallBack()}
   */
  public static MultiLayerNetwork accelerate(MultiLayerNetwork network, CompileOptions options) {
    return isTrainable(ChainGraph.of(network), options)
        ? new AcceleratedNetwork(network, options)
        : network;
  }

  /** Returns whether the engine trains {@code graph}; false if it falls back. */
  private static boolean isTrainable(ComputationGraph graph, CompileOptions options) {
    String obstacle = Obstacle.to(options);
    if (obstacle != null) {
      if (!options.fallBack()) {
        throw new EngineUnavailableException(obstacle);
      }
      return fallBack(obstacle);
    }
    requireOpen(graph);
    try {
      GraphReader.check(graph, true);
      return true;
    } catch (UnsupportedGraphException e) {
      if (!options.fallBack()) {
        throw e;
      }
      return fallBack(e.reason());
    }
  }

  private static boolean fallBack(String reason) {
    LOG.warn("training falls back to stock Deeplearning4j: {}", reason);
    return false;
  }
}
