package org.resnet4j.network;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;
import org.resnet4j.arch.Shape;
import org.resnet4j.support.ForeignText;

/** Compares two configurations vertex by vertex, in the order of a plan. */
final class GraphDifference {
  private static final int MOST_SHOWN = 60;

  private final Map<LayerPath, Shape> shapes = new HashMap<>();
  private final ComputationGraphConfiguration expected;
  private final ComputationGraphConfiguration actual;

  private GraphDifference(
      Plan plan, ComputationGraphConfiguration expected, ComputationGraphConfiguration actual) {
    plan.nodes().forEach(node -> shapes.put(node.path(), node.output()));
    this.expected = expected;
    this.actual = actual;
  }

  /**
   * Returns the first difference as a clause; empty when both compute the same.
   *
   * @param expected configuration of {@code plan}
   */
  static Optional<String> of(
      Plan plan, ComputationGraphConfiguration expected, ComputationGraphConfiguration actual) {
    return new GraphDifference(plan, expected, actual).first(plan);
  }

  private Optional<String> first(Plan plan) {
    return plan.nodes().stream()
        .filter(node -> !(node instanceof Node.Input))
        .map(this::of)
        .flatMap(Optional::stream)
        .findFirst()
        .or(
            () ->
                differs(
                    "the graph", "inputs", expected.getNetworkInputs(), actual.getNetworkInputs()))
        .or(
            () ->
                differs(
                    "the graph",
                    "outputs",
                    expected.getNetworkOutputs(),
                    actual.getNetworkOutputs()))
        .or(
            () ->
                actual.getVertices().keySet().stream()
                    .filter(name -> !expected.getVertices().containsKey(name))
                    .findFirst()
                    .map(
                        name ->
                            shown(name) + ": expected no vertex of that name but there is one"));
  }

  private Optional<String> of(Node node) {
    String name = node.path().vertex();
    GraphVertex vertex = actual.getVertices().get(name);
    GraphVertex wanted = expected.getVertices().get(name);
    Shape in = shapes.get(node.inputs().get(0));
    if (wanted == null || in == null) {
      throw new AssertionError("a layer that is not emitted: " + name);
    }
    if (vertex == null) {
      return Optional.of(name + ": expected a vertex of that name but there is none");
    }
    Map<String, Object> fields = VertexFields.of(vertex, in);
    for (Map.Entry<String, Object> field : VertexFields.of(wanted, in).entrySet()) {
      Optional<String> difference =
          differs(name, field.getKey(), field.getValue(), fields.get(field.getKey()));
      if (difference.isPresent()) {
        return difference;
      }
    }
    return differs(name, "inputs from", inputs(expected, name), inputs(actual, name));
  }

  private static List<String> inputs(ComputationGraphConfiguration graph, String vertex) {
    return graph.getVertexInputs().getOrDefault(vertex, List.of());
  }

  private static Optional<String> differs(
      String where, String field, Object expected, @Nullable Object actual) {
    if (expected.equals(actual)) {
      return Optional.empty();
    }
    String wanted = String.valueOf(expected);
    String found = actual == null ? "none" : shown(String.valueOf(actual));
    return Optional.of(
        "%s: expected %s %s but was %s"
            .formatted(
                where,
                field,
                wanted,
                found.equals(wanted) ? "another of that name, with other values" : found));
  }

  private static String shown(String text) {
    return ForeignText.start(text, MOST_SHOWN);
  }
}
