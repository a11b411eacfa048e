package org.resnet4j.export;

import static org.resnet4j.export.OnnxAttributes.integer;
import static org.resnet4j.export.OnnxAttributes.integers;
import static org.resnet4j.export.OnnxAttributes.number;
import static org.resnet4j.export.OnnxAttributes.window;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Activation;
import org.resnet4j.arch.ConvBias;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;
import org.resnet4j.weightfile.onnx.ProtoMessage;
import org.resnet4j.weights.NetworkTensors;

/** Adds each node of a plan to a graph of ONNX as operators, with the parameters that they read. */
final class OnnxNodes implements Node.Visitor<ProtoMessage> {
  /**
   * The padding value before max pooling. ONNX Runtime merges a padding with exact zeros into the
   * pooling, which then ignores it (<a
   * href="https://github.com/microsoft/onnxruntime/pull/18136">pull request 18136</a>), as <a
   * href="https://github.com/onnx/optimizer/pull/318">onnx-optimizer</a> does.
   */
  private static final float ALMOST_ZERO = Float.MIN_NORMAL;

  private final Plan plan;
  private final NetworkTensors tensors;
  private final Map<LayerPath, Node.Norm> absorbed;
  private final ProtoMessage graph;
  private final String output;
  private final OnnxIntegers integers;

  OnnxNodes(
      Plan plan,
      NetworkTensors tensors,
      Map<LayerPath, Node.Norm> absorbed,
      ProtoMessage graph,
      String output,
      OnnxIntegers integers) {
    this.plan = plan;
    this.tensors = tensors;
    this.absorbed = absorbed;
    this.graph = graph;
    this.output = output;
    this.integers = integers;
  }

  @Override
  public ProtoMessage input(Node.Input node) {
    return graph;
  }

  @Override
  public ProtoMessage conv(Node.Conv node) {
    Node.Norm norm = absorbed.get(node.path());
    return norm != null || integers.isQuantized(node)
        ? folded(node, norm)
        : add(node, "Conv", convInputs(node), convWindow(node));
  }

  private static List<ProtoMessage> convWindow(Node.Conv node) {
    List<ProtoMessage> attributes = window(node.kernel(), node.stride(), node.padding());
    if (node.dilation() > 1) {
      attributes.add(integers("dilations", node.dilation(), node.dilation()));
    }
    attributes.add(integer("group", node.groups()));
    return attributes;
  }

  private List<String> convInputs(Node.Conv node) {
    List<String> inputs = inputs(node);
    inputs.add(parameter(node, "weight"));
    if (node.bias() == ConvBias.PRESENT) {
      inputs.add(parameter(node, "bias"));
    }
    return inputs;
  }

  /**
   * Adds the convolution, under the name of the batch norm that it absorbs if there is one, and in
   * integers if its input is.
   */
  private ProtoMessage folded(Node.Conv node, Node.@Nullable Norm norm) {
    String weight = NetworkTensors.name(node.path(), "weight");
    String bias = NetworkTensors.name(node.path(), "bias");
    long[] shape = tensors.shape(weight);
    Folding folding = norm == null ? null : Folding.of(tensors, norm.path());
    Supplier<float[]> scaled =
        () -> folding == null ? tensors.read(weight) : folding.weight(tensors.read(weight));
    Supplier<float[]> shifted =
        () -> {
          float[] own = node.bias() == ConvBias.PRESENT ? tensors.read(bias) : null;
          return folding != null
              ? folding.bias(own)
              : own != null ? own : new float[(int) shape[0]];
        };
    List<String> inputs = inputs(node);
    if (integers.isQuantized(node)) {
      inputs.add(integers.weight(weight, shape, scaled));
      inputs.add(integers.bias(node.input(), bias, shape, scaled, shifted));
    } else {
      initializer(OnnxTensor.floats(weight, shape, scaled));
      initializer(OnnxTensor.floats(bias, new long[] {shape[0]}, shifted));
      inputs.addAll(List.of(weight, bias));
    }
    return add(norm == null ? node : norm, "Conv", inputs, convWindow(node));
  }

  @Override
  public ProtoMessage norm(Node.Norm node) {
    if (absorbed.containsKey(node.input())) {
      return graph;
    }
    List<String> inputs = inputs(node);
    for (String name : List.of("weight", "bias", "running_mean", "running_var")) {
      inputs.add(parameter(node, name));
    }
    float epsilon = (float) tensors.epsilon(node.path());
    return add(node, "BatchNormalization", inputs, List.of(number("epsilon", epsilon)));
  }

  @Override
  public ProtoMessage activation(Node.Activate node) {
    return switch (node.function()) {
      case RELU -> add(node, "Relu", inputs(node), List.of());
      case SILU ->
          add(
              node,
              "Mul",
              with(node, between(node, "sigmoid", "Sigmoid", name(node.input()))),
              List.of());
      case GELU -> gelu(node);
      case LEAKY_RELU ->
          add(
              node,
              "LeakyRelu",
              inputs(node),
              List.of(number("alpha", (float) Activation.LEAKY_SLOPE)));
      case HARD_SWISH -> add(node, "HardSwish", inputs(node), List.of());
    };
  }

  /** Adds x·(1 + erf(x/√2))/2; the operator set has no operator of its own. */
  private ProtoMessage gelu(Node.Activate node) {
    String root = constant(node, "root", Math.sqrt(0.5));
    String scaled = between(node, "scaled", "Mul", name(node.input()), root);
    String erf = between(node, "erf", "Erf", scaled);
    String shifted = between(node, "shifted", "Add", erf, constant(node, "one", 1));
    String gate = between(node, "gate", "Mul", shifted, constant(node, "half", 0.5));
    return add(node, "Mul", with(node, gate), List.of());
  }

  /** Returns the inputs of {@code node} and one more. */
  private List<String> with(Node node, String more) {
    List<String> inputs = inputs(node);
    inputs.add(more);
    return inputs;
  }

  /** Adds an operator whose result only other operators of {@code node} read. */
  private String between(Node node, String name, String operator, String... inputs) {
    String result = node.path().vertex() + "." + name;
    graph.nested(1, OnnxTensor.operator(operator, result, List.of(inputs)));
    return result;
  }

  /** Adds a number as an initializer. */
  private String constant(Node node, String name, double value) {
    String full = node.path().vertex() + "." + name;
    initializer(OnnxTensor.floats(full, new long[0], () -> new float[] {(float) value}));
    return full;
  }

  @Override
  public ProtoMessage sigmoid(Node.Sigmoid node) {
    return add(node, "Sigmoid", inputs(node), List.of());
  }

  @Override
  public ProtoMessage scaleChannels(Node.ScaleChannels node) {
    String axes = node.path().vertex() + ".axes";
    String factors = node.path().vertex() + ".factors";
    initializer(OnnxTensor.integers(axes, 2, 3));
    graph.nested(1, OnnxTensor.operator("Unsqueeze", factors, List.of(name(node.factors()), axes)));
    return add(node, "Mul", List.of(name(node.image()), factors), List.of());
  }

  @Override
  public ProtoMessage padEdges(Node.PadEdges node) {
    int edge = node.edge();
    String value = node.path().vertex() + ".value";
    initializer(OnnxTensor.floats(value, new long[0], () -> new float[] {ALMOST_ZERO}));
    return pad(node, List.of(value), 0, 0, edge, edge, 0, 0, edge, edge);
  }

  @Override
  public ProtoMessage pool(Node.Pool node) {
    List<ProtoMessage> attributes = window(node.kernel(), node.stride(), node.padding());
    if (node.kind() == Node.PoolKind.MAX) {
      return add(node, "MaxPool", inputs(node), attributes);
    }
    if (node.kind() == Node.PoolKind.AVERAGE_OF_PADDED) {
      // The last window is as far beyond the edge as its stride is below the kernel.
      int beyond = node.kernel() - node.stride();
      attributes.add(integers("pads", 0, 0, beyond, beyond));
      attributes.add(integer("count_include_pad", 1));
    } else {
      attributes.add(integer("ceil_mode", 1));
      attributes.add(integer("count_include_pad", 0));
    }
    return add(node, "AveragePool", inputs(node), attributes);
  }

  @Override
  public ProtoMessage globalPool(Node.GlobalPool node) {
    boolean average = node.kind() == Node.PoolKind.AVERAGE;
    String operator = average ? "GlobalAveragePool" : "GlobalMaxPool";
    String map = between(node, "map", operator, name(node.input()));
    return add(node, "Flatten", List.of(map), List.of());
  }

  @Override
  public ProtoMessage mean(Node.Mean node) {
    return add(node, "Mean", inputs(node), List.of());
  }

  @Override
  public ProtoMessage concat(Node.Concat node) {
    return add(node, "Concat", inputs(node), List.of(integer("axis", 1)));
  }

  @Override
  public ProtoMessage padChannels(Node.PadChannels node) {
    return pad(node, List.of(), 0, node.before(), 0, 0, 0, node.after(), 0, 0);
  }

  /**
   * Adds a padding before the input of {@code node}.
   *
   * @param value the padding value's name; empty for zeros
   * @param sizes sizes before every axis, then after every axis
   */
  private ProtoMessage pad(Node node, List<String> value, long... sizes) {
    String pads = node.path().vertex() + ".pads";
    initializer(OnnxTensor.integers(pads, sizes));
    List<String> inputs = inputs(node);
    inputs.add(pads);
    inputs.addAll(value);
    return add(node, "Pad", inputs, List.of());
  }

  @Override
  public ProtoMessage add(Node.Add node) {
    return add(node, "Add", inputs(node), List.of());
  }

  @Override
  public ProtoMessage dense(Node.Dense node) {
    List<String> inputs = inputs(node);
    String weight = NetworkTensors.name(node.path(), "weight");
    // Weights of squeeze-and-excitation layers are stored as those of a 1x1 convolution.
    long[] shape = {node.output().channels(), node.inFeatures()};
    initializer(OnnxTensor.floats(weight, shape, () -> tensors.read(weight)));
    inputs.add(weight);
    inputs.add(parameter(node, "bias"));
    return add(node, "Gemm", inputs, List.of(integer("transB", 1)));
  }

  @Override
  public ProtoMessage dropout(Node.Dropout node) {
    return add(node, "Identity", inputs(node), List.of());
  }

  @Override
  public ProtoMessage stochasticDepth(Node.StochasticDepth node) {
    return add(node, "Identity", inputs(node), List.of());
  }

  /** Returns the name of the value of {@code path}. */
  private String name(LayerPath path) {
    return path.equals(plan.last().path()) ? output : path.vertex();
  }

  private List<String> inputs(Node node) {
    return new ArrayList<>(node.inputs().stream().map(this::name).toList());
  }

  /** Adds a parameter of {@code node} to the graph unchanged. */
  private String parameter(Node node, String parameter) {
    String name = NetworkTensors.name(node.path(), parameter);
    initializer(OnnxTensor.floats(name, tensors.shape(name), () -> tensors.read(name)));
    return name;
  }

  private void initializer(ProtoMessage tensor) {
    graph.nested(5, tensor);
  }

  private ProtoMessage add(
      Node node, String operator, List<String> inputs, List<ProtoMessage> attributes) {
    boolean rounded = integers.has(node.path());
    String name = name(node.path());
    String result = rounded ? name + ".fp32" : name;
    ProtoMessage message = OnnxTensor.operator(operator, result, inputs);
    attributes.forEach(attribute -> message.nested(5, attribute));
    graph.nested(1, message);
    return rounded ? integers.round(node.path(), result, name) : graph;
  }
}
