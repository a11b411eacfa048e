package org.resnet4j.weightfile.onnx;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.resnet4j.tensors.FileGraph;
import org.resnet4j.tensors.Operator;
import org.resnet4j.tensors.Operator.Kind;
import org.resnet4j.tensors.Operator.Role;
import org.resnet4j.tensors.StoredTensor;

/**
 * Turns the nodes of an ONNX graph into operators. Parameters are followed through {@code Identity}
 * to initialisers and constants; the exporter of PyTorch shares equal ones in this way.
 */
final class OnnxGraph {
  private static final int MOST_NUMBERS = 16;
  private static final int MOST_SHARED = 16;

  /** The axes of height and width, counted from the front or the back. */
  private static final Set<Set<Double>> IMAGE_AXES = Set.of(Set.of(2.0, 3.0), Set.of(-1.0, -2.0));

  /** The axes of {@code [N, H, W, C]} in the order of {@code [N, C, H, W]}. */
  private static final List<Double> CHANNELS_FIRST = List.of(0.0, 3.0, 1.0, 2.0);

  private final Map<String, StoredTensor> tensors;
  private final Map<String, StoredTensor> constants = new HashMap<>();
  private final Map<String, OnnxNode> nodes = new LinkedHashMap<>();
  private final Map<String, List<Double>> numbers;

  private OnnxGraph(Map<String, StoredTensor> tensors) {
    this.tensors = tensors;
    numbers = new HashMap<>();
  }

  /**
   * Returns the graph.
   *
   * @param tensors the initialisers, to which the parameters that are constants are added
   * @param external files of constants
   */
  static FileGraph of(
      List<OnnxNode> nodes,
      Map<String, StoredTensor> tensors,
      List<String> outputs,
      ExternalData external)
      throws IOException {
    OnnxGraph graph = new OnnxGraph(tensors);
    for (OnnxNode node : nodes) {
      graph.nodes.put(node.output(), node);
      if (node.type().equals("Constant")) {
        graph.constant(node, external);
      }
    }
    List<Operator> operators = new ArrayList<>();
    for (OnnxNode node : nodes) {
      if (!node.type().equals("Constant")) {
        operators.add(graph.operator(node));
      }
    }
    return new FileGraph(FileGraph.WeightLayout.OUT_FIRST, operators, outputs);
  }

  private void constant(OnnxNode node, ExternalData external) throws IOException {
    OnnxTensorProto tensor = node.constant();
    if (tensor != null) {
      constants.put(node.output(), tensor.stored(external));
    }
    node.numbers().values().stream()
        .filter(values -> !values.isEmpty())
        .forEach(values -> numbers.put(node.output(), values));
  }

  private Operator operator(OnnxNode node) throws IOException {
    String weight = parameter(node.input(1));
    return switch (node.type()) {
      case "Conv" -> weight == null ? other(node) : weighted(node, Kind.CONV, weight);
      case "Gemm" -> weight == null ? other(node) : weighted(node, Kind.DENSE, weight);
      case "MatMul" ->
          weight == null
              ? other(node)
              : step(node, Kind.DENSE, 1, Map.of(Role.WEIGHT, weight), Map.of());
      case "BatchNormalization" -> norm(node);
      case "Relu" -> step(node, Kind.RELU, 1);
      case "Sigmoid" -> step(node, Kind.SIGMOID, 1);
      case "MaxPool" -> step(node, Kind.MAX_POOL, 1);
      case "AveragePool" -> step(node, Kind.AVERAGE_POOL, 1);
      case "GlobalAveragePool" -> step(node, Kind.GLOBAL_POOL, 1);
      case "ReduceMean" -> mean(node);
      case "Flatten", "Reshape", "Squeeze", "Unsqueeze", "Identity", "Dropout", "Cast" ->
          step(node, Kind.IDENTITY, 1);
      case "Transpose" -> step(node, turnsImages(node) ? Kind.IDENTITY : Kind.OTHER, 1);
      case "Softmax", "LogSoftmax" -> step(node, Kind.SOFTMAX, 1);
      case "Add", "Sum" -> sum(node);
      case "Mul" ->
          parameter(node.input(0)) == null && weight == null && node.inputCount() == 2
              ? step(node, Kind.MULTIPLY, 2)
              : other(node);
      case "Pad" -> pad(node);
      case "Slice" -> slice(node);
      default -> other(node);
    };
  }

  /** Returns whether the node turns the model's images from channels last to channels first. */
  private boolean turnsImages(OnnxNode node) {
    return CHANNELS_FIRST.equals(node.numbers().get("perm")) && !nodes.containsKey(node.input(0));
  }

  private Operator weighted(OnnxNode node, Kind kind, String weight) {
    String bias = parameter(node.input(2));
    if (bias == null && !node.input(2).isEmpty()) {
      return other(node);
    }
    return step(
        node,
        kind,
        1,
        bias == null ? Map.of(Role.WEIGHT, weight) : Map.of(Role.WEIGHT, weight, Role.BIAS, bias),
        kind == Kind.DENSE ? Map.of() : samePadding(node));
  }

  private Operator norm(OnnxNode node) {
    Map<Role, String> parameters = new HashMap<>();
    List<Role> roles = List.of(Role.SCALE, Role.SHIFT, Role.MEAN, Role.VARIANCE);
    for (int i = 0; i < roles.size(); i++) {
      String parameter = parameter(node.input(i + 1));
      if (parameter == null) {
        return other(node);
      }
      parameters.put(roles.get(i), parameter);
    }
    return step(node, Kind.NORM, 1, parameters, Map.of());
  }

  private Operator mean(OnnxNode node) throws IOException {
    List<Double> axes = numbers(node, "axes", 1);
    return axes != null && axes.size() == 2 && IMAGE_AXES.contains(Set.copyOf(axes))
        ? step(node, Kind.GLOBAL_POOL, 1)
        : other(node);
  }

  private Operator sum(OnnxNode node) {
    if (node.inputCount() != 2) {
      return other(node);
    }
    for (int i = 0; i < 2; i++) {
      String bias = parameter(node.input(i));
      if (bias != null) {
        return step(node, Kind.BIAS, List.of(node.input(1 - i)), Map.of(Role.BIAS, bias), Map.of());
      }
    }
    return step(node, Kind.ADD, 2);
  }

  private Operator pad(OnnxNode node) throws IOException {
    List<Double> pads = numbers(node, "pads", 1);
    List<Double> value = node.input(2).isEmpty() ? List.of() : numbers(node, "value", 2);
    String mode = node.text("mode");
    return pads == null || value == null || !(mode.isEmpty() || mode.equals("constant"))
        ? other(node)
        : step(node, Kind.PAD, 1, Map.of(), Map.of("pads", pads, "value", value));
  }

  private Operator slice(OnnxNode node) throws IOException {
    Map<String, List<Double>> all = new HashMap<>();
    List<String> keys = List.of("starts", "ends", "axes", "steps");
    for (int i = 0; i < keys.size(); i++) {
      List<Double> values = numbers(node, keys.get(i), i + 1);
      if (values == null) {
        return other(node);
      }
      all.put(keys.get(i), values);
    }
    return step(node, Kind.SLICE, 1, Map.of(), all);
  }

  /** Returns {@code same}: 1 for SAME_UPPER, -1 for SAME_LOWER, left out without. */
  private static Map<String, List<Double>> samePadding(OnnxNode node) {
    return switch (node.text("auto_pad")) {
      case "SAME_UPPER" -> Map.of("same", List.of(1.0));
      case "SAME_LOWER" -> Map.of("same", List.of(-1.0));
      default -> Map.of();
    };
  }

  private static Operator other(OnnxNode node) {
    return step(node, Kind.OTHER, Math.min(2, node.inputs().size()));
  }

  private static Operator step(OnnxNode node, Kind kind, int inputs) {
    boolean pools = kind == Kind.MAX_POOL || kind == Kind.AVERAGE_POOL;
    return step(node, kind, inputs, Map.of(), pools ? samePadding(node) : Map.of());
  }

  private static Operator step(
      OnnxNode node,
      Kind kind,
      int inputs,
      Map<Role, String> parameters,
      Map<String, List<Double>> more) {
    List<String> all = node.inputs();
    return step(node, kind, all.subList(0, Math.min(inputs, all.size())), parameters, more);
  }

  private static Operator step(
      OnnxNode node,
      Kind kind,
      List<String> inputs,
      Map<Role, String> parameters,
      Map<String, List<Double>> more) {
    Map<String, List<Double>> attributes = new HashMap<>(node.numbers());
    attributes.putAll(more);
    return new Operator(
        node.title(),
        inputs.isEmpty() ? Kind.OTHER : kind,
        inputs,
        node.output(),
        parameters,
        attributes);
  }

  /**
   * Returns the name of the tensor that the value {@code name} is; null when it is computed from
   * the images.
   */
  private @Nullable String parameter(String name) {
    String next = name;
    for (int i = 0; i < MOST_SHARED && !next.isEmpty(); i++) {
      if (tensors.containsKey(next)) {
        return next;
      }
      StoredTensor constant = constants.get(next);
      if (constant != null) {
        tensors.put(next, constant);
        return next;
      }
      OnnxNode node = nodes.get(next);
      if (node == null || !node.type().equals("Identity")) {
        return null;
      }
      next = node.input(0);
    }
    return null;
  }

  /**
   * Returns the numbers of an attribute that newer operator sets have as input {@code i}; null when
   * they are computed while running, empty when they are left out.
   */
  private @Nullable List<Double> numbers(OnnxNode node, String key, int i) throws IOException {
    if (node.input(i).isEmpty()) {
      return node.numbers().getOrDefault(key, List.of());
    }
    List<Double> known = numbers.get(node.input(i));
    String parameter = known == null ? parameter(node.input(i)) : null;
    StoredTensor tensor = parameter == null ? null : tensors.get(parameter);
    if (tensor == null || StoredTensor.count(tensor.where(), tensor.shape()) > MOST_NUMBERS) {
      return known;
    }
    List<Double> read = new ArrayList<>();
    for (float value : tensor.read()) {
      read.add((double) value);
    }
    return read;
  }
}
