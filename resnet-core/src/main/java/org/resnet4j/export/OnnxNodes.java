package org.resnet4j.export;

import static org.resnet4j.export.OnnxAttributes.integer;
import static org.resnet4j.export.OnnxAttributes.integers;
import static org.resnet4j.export.OnnxAttributes.number;
import static org.resnet4j.export.OnnxAttributes.window;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Activation;
import org.resnet4j.arch.ConvBias;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Node;
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

  private final NetworkTensors tensors;
  private final Map<LayerPath, Node.Norm> absorbed;
  private final OnnxGraph to;
  private final OnnxIntegers integers;
  private final OnnxComposites composed;

  OnnxNodes(
      NetworkTensors tensors,
      Map<LayerPath, Node.Norm> absorbed,
      OnnxGraph to,
      OnnxIntegers integers) {
    this.tensors = tensors;
    this.absorbed = absorbed;
    this.to = to;
    this.integers = integers;
    composed = new OnnxComposites(tensors, to);
  }

  @Override
  public ProtoMessage input(Node.Input node) {
    return to.message();
  }

  @Override
  public ProtoMessage conv(Node.Conv node) {
    Node.Norm norm = absorbed.get(node.path());
    return norm != null || integers.isQuantized(node)
        ? folded(node, norm)
        : to.add(node, "Conv", convInputs(node), convWindow(node));
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
    List<String> inputs = to.inputs(node);
    inputs.add(to.parameter(node, "weight"));
    if (node.bias() == ConvBias.PRESENT) {
      inputs.add(to.parameter(node, "bias"));
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
    List<String> inputs = to.inputs(node);
    if (integers.isQuantized(node)) {
      inputs.add(integers.weight(weight, shape, scaled));
      inputs.add(integers.bias(node.input(), bias, shape, scaled, shifted));
    } else {
      to.initializer(OnnxTensor.floats(weight, shape, scaled));
      to.initializer(OnnxTensor.floats(bias, new long[] {shape[0]}, shifted));
      inputs.addAll(List.of(weight, bias));
    }
    return to.add(norm == null ? node : norm, "Conv", inputs, convWindow(node));
  }

  @Override
  public ProtoMessage norm(Node.Norm node) {
    if (absorbed.containsKey(node.input())) {
      return to.message();
    }
    if (!node.hasStatistics()) {
      return composed.groupNorm(node);
    }
    List<String> inputs = to.inputs(node);
    for (String name : List.of("weight", "bias", "running_mean", "running_var")) {
      inputs.add(to.parameter(node, name));
    }
    float epsilon = (float) tensors.epsilon(node.path());
    return to.add(node, "BatchNormalization", inputs, List.of(number("epsilon", epsilon)));
  }

  @Override
  public ProtoMessage activation(Node.Activate node) {
    return switch (node.function()) {
      case RELU -> to.add(node, "Relu", to.inputs(node), List.of());
      case SILU ->
          to.add(
              node,
              "Mul",
              to.with(node, to.between(node, "sigmoid", "Sigmoid", to.name(node.input()))),
              List.of());
      case GELU -> composed.gelu(node);
      case LEAKY_RELU ->
          to.add(
              node,
              "LeakyRelu",
              to.inputs(node),
              List.of(number("alpha", (float) Activation.LEAKY_SLOPE)));
      case HARD_SWISH -> to.add(node, "HardSwish", to.inputs(node), List.of());
    };
  }

  @Override
  public ProtoMessage sigmoid(Node.Sigmoid node) {
    if (node.inputShape().isVector()) {
      return to.add(node, "Sigmoid", to.inputs(node), List.of());
    }
    String map = to.between(node, "map", "Sigmoid", to.name(node.input()));
    return to.add(node, "Flatten", List.of(map), List.of());
  }

  @Override
  public ProtoMessage channelConv(Node.ChannelConv node) {
    String axes = node.path().vertex() + ".axes";
    to.initializer(OnnxTensor.integers(axes, 1));
    String row = to.between(node, "row", "Unsqueeze", to.name(node.input()), axes);
    String weight = NetworkTensors.name(node.path(), "weight");
    to.initializer(
        OnnxTensor.floats(weight, new long[] {1, 1, node.kernel()}, () -> tensors.read(weight)));
    int padding = node.kernel() / 2;
    return to.add(node, "Conv", List.of(row, weight), List.of(integers("pads", padding, padding)));
  }

  @Override
  public ProtoMessage scaleChannels(Node.ScaleChannels node) {
    String axes = node.path().vertex() + ".axes";
    to.initializer(OnnxTensor.integers(axes, 2, 3));
    String factors = to.between(node, "factors", "Unsqueeze", to.name(node.factors()), axes);
    return to.add(node, "Mul", List.of(to.name(node.image()), factors), List.of());
  }

  @Override
  public ProtoMessage padEdges(Node.PadEdges node) {
    int edge = node.edge();
    String value = node.path().vertex() + ".value";
    to.initializer(OnnxTensor.floats(value, new long[0], () -> new float[] {ALMOST_ZERO}));
    return pad(node, List.of(value), 0, 0, edge, edge, 0, 0, edge, edge);
  }

  @Override
  public ProtoMessage pool(Node.Pool node) {
    List<ProtoMessage> attributes = window(node.kernel(), node.stride(), node.padding());
    if (node.kind() == Node.PoolKind.MAX) {
      return to.add(node, "MaxPool", to.inputs(node), attributes);
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
    return to.add(node, "AveragePool", to.inputs(node), attributes);
  }

  @Override
  public ProtoMessage blur(Node.Blur node) {
    return composed.blur(node);
  }

  @Override
  public ProtoMessage globalPool(Node.GlobalPool node) {
    boolean average = node.kind() == Node.PoolKind.AVERAGE;
    String operator = average ? "GlobalAveragePool" : "GlobalMaxPool";
    String map = to.between(node, "map", operator, to.name(node.input()));
    return to.add(node, "Flatten", List.of(map), List.of());
  }

  @Override
  public ProtoMessage join(Node.Join node) {
    return node.kind() == Node.JoinKind.MEAN
        ? to.add(node, "Mean", to.inputs(node), List.of())
        : to.add(node, "Concat", to.inputs(node), List.of(integer("axis", 1)));
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
    to.initializer(OnnxTensor.integers(pads, sizes));
    List<String> inputs = to.inputs(node);
    inputs.add(pads);
    inputs.addAll(value);
    return to.add(node, "Pad", inputs, List.of());
  }

  @Override
  public ProtoMessage add(Node.Add node) {
    return to.add(node, "Add", to.inputs(node), List.of());
  }

  @Override
  public ProtoMessage dense(Node.Dense node) {
    List<String> inputs = to.inputs(node);
    String weight = NetworkTensors.name(node.path(), "weight");
    // Weights of squeeze-and-excitation layers are stored as those of a 1x1 convolution.
    long[] shape = {node.output().channels(), node.inFeatures()};
    to.initializer(OnnxTensor.floats(weight, shape, () -> tensors.read(weight)));
    inputs.add(weight);
    inputs.add(to.parameter(node, "bias"));
    return to.add(node, "Gemm", inputs, List.of(integer("transB", 1)));
  }

  @Override
  public ProtoMessage dropout(Node.Dropout node) {
    return to.add(node, "Identity", to.inputs(node), List.of());
  }

  @Override
  public ProtoMessage stochasticDepth(Node.StochasticDepth node) {
    return to.add(node, "Identity", to.inputs(node), List.of());
  }

  @Override
  public ProtoMessage dropBlock(Node.DropBlock node) {
    return to.add(node, "Identity", to.inputs(node), List.of());
  }
}
