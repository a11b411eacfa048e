package org.resnet4j.train;

import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce.longer.MatchCondition;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.conditions.Conditions;

/** Finds where the first infinite or undefined number is. */
final class Divergence {
  private Divergence() {}

  static boolean isFinite(INDArray array) {
    return Nd4j.getExecutioner().exec(new MatchCondition(array, Conditions.notFinite())).getLong(0)
        == 0;
  }

  /** The first vertex, from input to output, with such a parameter or else with such an output. */
  static String place(ComputationGraph graph, Map<String, INDArray> activations) {
    return parameter(graph)
        .or(() -> activation(graph, activations))
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
