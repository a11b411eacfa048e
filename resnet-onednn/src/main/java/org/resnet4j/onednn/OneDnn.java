package org.resnet4j.onednn;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.resnet4j.onednn.lower.GraphReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The engine's face: compiles Deeplearning4j graphs for the CPU. */
public final class OneDnn {
  private static final Logger LOG = LoggerFactory.getLogger(OneDnn.class);

  private OneDnn() {}

  /** A frozen copy of {@code graph} for inference. */
  public static CompiledNetwork compile(ComputationGraph graph, CompileOptions options) {
    return new CompiledNetwork(graph.clone(), options);
  }

  /**
   * A {@code ComputationGraph} on the same parameters whose training steps run on the engine, in
   * single precision.
   */
  public static ComputationGraph accelerate(ComputationGraph graph) {
    return accelerate(graph, CompileOptions.training());
  }

  /**
   * {@link #accelerate(ComputationGraph)} with options.
   *
   * @throws UnsupportedGraphException naming the vertex, unless {@link CompileOptions#orFallBack()}
   */
  public static ComputationGraph accelerate(ComputationGraph graph, CompileOptions options) {
    try {
      GraphReader.check(graph);
    } catch (UnsupportedGraphException e) {
      if (!options.fallBack()) {
        throw e;
      }
      LOG.warn("{}: training goes on with stock Deeplearning4j", e.getMessage());
      return graph;
    }
    return new AcceleratedGraph(graph, options);
  }
}
