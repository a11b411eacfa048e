package org.resnet4j.export;

import java.util.ArrayList;
import java.util.List;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;
import org.resnet4j.weightfile.onnx.ProtoMessage;
import org.resnet4j.weights.NetworkTensors;

/** The graph of an ONNX file, to which operators and the parameters that they read are added. */
final class OnnxGraph {
  private final Plan plan;
  private final NetworkTensors tensors;
  private final ProtoMessage graph;
  private final String output;
  private final OnnxIntegers integers;

  /**
   * Creates a graph without operators.
   *
   * @param graph the message that they are added to
   * @param output name of the result of the plan's last layer
   */
  OnnxGraph(
      Plan plan, NetworkTensors tensors, ProtoMessage graph, String output, OnnxIntegers integers) {
    this.plan = plan;
    this.tensors = tensors;
    this.graph = graph;
    this.output = output;
    this.integers = integers;
  }

  /** Returns the message that operators are added to. */
  ProtoMessage message() {
    return graph;
  }

  /** Returns the inputs of {@code node} and one more. */
  List<String> with(Node node, String more) {
    List<String> inputs = inputs(node);
    inputs.add(more);
    return inputs;
  }

  /** Adds an operator whose result only other operators of {@code node} read. */
  String between(Node node, String name, String operator, String... inputs) {
    return between(node, name, operator, List.of(), inputs);
  }

  /** Adds an operator with attributes whose result only other operators of {@code node} read. */
  String between(
      Node node, String name, String operator, List<ProtoMessage> attributes, String... inputs) {
    String result = node.path().vertex() + "." + name;
    ProtoMessage message = OnnxTensor.operator(operator, result, List.of(inputs));
    attributes.forEach(attribute -> message.nested(5, attribute));
    graph.nested(1, message);
    return result;
  }

  /** Adds a number as an initializer. */
  String constant(Node node, String name, double value) {
    String full = node.path().vertex() + "." + name;
    initializer(OnnxTensor.floats(full, new long[0], () -> new float[] {(float) value}));
    return full;
  }

  /** Returns the name of the value of {@code path}. */
  String name(LayerPath path) {
    return path.equals(plan.last().path()) ? output : path.vertex();
  }

  List<String> inputs(Node node) {
    return new ArrayList<>(node.inputs().stream().map(this::name).toList());
  }

  /** Adds a parameter of {@code node} to the graph unchanged. */
  String parameter(Node node, String parameter) {
    String name = NetworkTensors.name(node.path(), parameter);
    initializer(OnnxTensor.floats(name, tensors.shape(name), () -> tensors.read(name)));
    return name;
  }

  void initializer(ProtoMessage tensor) {
    graph.nested(5, tensor);
  }

  ProtoMessage add(Node node, String operator, List<String> inputs, List<ProtoMessage> attributes) {
    boolean rounded = integers.has(node.path());
    String name = name(node.path());
    String result = rounded ? name + ".fp32" : name;
    ProtoMessage message = OnnxTensor.operator(operator, result, inputs);
    attributes.forEach(attribute -> message.nested(5, attribute));
    graph.nested(1, message);
    return rounded ? integers.round(node.path(), result, name) : graph;
  }
}
