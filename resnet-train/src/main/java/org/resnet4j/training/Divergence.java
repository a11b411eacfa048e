package org.resnet4j.training;

import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.updater.graph.ComputationGraphUpdater;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.graph.NonFinite;
import org.resnet4j.train.Accelerated;

/** Finds the first NaN or Inf in a network. */
final class Divergence {
  private Divergence() {}

  static boolean isFinite(INDArray array) {
    return NonFinite.first(array) < 0;
  }

  /** Returns a description of the NaN or Inf that the last step produced, if any. */
  static Optional<String> ofStep(ComputationGraph graph) {
    if (graph instanceof Accelerated accelerated && accelerated.isFinite()) {
      return Optional.empty();
    }
    if (!isFinite(graph.params())) {
      return Optional.of("the step made parameters NaN or infinite");
    }
    return state(graph).map(place -> "the step made the updater's state NaN or infinite");
  }

  private static Optional<String> state(ComputationGraph graph) {
    ComputationGraphUpdater updater = graph.getUpdater(false);
    INDArray state = updater == null ? null : updater.getStateViewArray();
    return state == null || isFinite(state) ? Optional.empty() : Optional.of("the updater's state");
  }

  /**
   * Returns the first vertex, from input to output, with NaN or Inf in a parameter or else in its
   * output.
   */
  static String place(ComputationGraph graph, Map<String, INDArray> activations) {
    return parameter(graph)
        .or(() -> activation(graph, activations))
        .or(() -> state(graph))
        .orElse(
            activations.isEmpty()
                ? "outputs of layers, which this engine does not show; all parameters are finite"
                : "the loss; the parameters and the outputs of all layers before it are finite");
  }

  private static Optional<String> parameter(ComputationGraph graph) {
    for (int index : graph.topologicalSortOrder()) {
      GraphVertex vertex = graph.getVertices()[index];
      Map<String, INDArray> parameters = vertex.paramTable(false);
      if (parameters != null) {
        for (Map.Entry<String, INDArray> parameter : parameters.entrySet()) {
          if (!isFinite(parameter.getValue())) {
            return Optional.of(
                "the parameter %s of %s".formatted(parameter.getKey(), vertex.getVertexName()));
          }
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<String> activation(
      ComputationGraph graph, Map<String, INDArray> activations) {
    for (int index : graph.topologicalSortOrder()) {
      GraphVertex vertex = graph.getVertices()[index];
      INDArray output = activations.get(vertex.getVertexName());
      if (output != null && !isFinite(output)) {
        return Optional.of(
            vertex.isInputVertex()
                ? "the examples themselves"
                : "the output of " + vertex.getVertexName());
      }
    }
    return Optional.empty();
  }
}
