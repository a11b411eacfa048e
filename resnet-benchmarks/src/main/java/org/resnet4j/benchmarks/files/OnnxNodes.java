package org.resnet4j.benchmarks.files;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.resnet4j.arch.ConvBias;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;

/** Writes each node of a plan as operators of ONNX. */
final class OnnxNodes implements Node.Visitor<Message> {
  private static final int ATTRIBUTE_FLOAT = 1;
  private static final int ATTRIBUTE_INT = 2;
  private static final int ATTRIBUTE_INTS = 7;

  private final Plan plan;
  private final Weights weights;
  private final Message graph;

  /** Dropout does nothing in inference: its name stands for its input's. */
  private final Map<LayerPath, LayerPath> same = new HashMap<>();

  OnnxNodes(Plan plan, Weights weights, Message graph) {
    this.plan = plan;
    this.weights = weights;
    this.graph = graph;
  }

  /** Gives the last value the name of the graph's output. */
  Message finish() {
    return graph.nested(
        1, operator("Identity", OnnxFile.OUTPUT, List.of(name(plan.last().path()))));
  }

  @Override
  public Message input(Node.Input node) {
    return graph;
  }

  @Override
  public Message conv(Node.Conv node) {
    List<String> inputs = inputs(node);
    inputs.add(Weights.name(node.path(), "weight"));
    if (node.bias() == ConvBias.PRESENT) {
      inputs.add(Weights.name(node.path(), "bias"));
    }
    return add(node, "Conv", inputs, window(node.kernel(), node.stride(), node.padding()));
  }

  @Override
  public Message norm(Node.Norm node) {
    List<String> inputs = inputs(node);
    for (String name : List.of("weight", "bias", "running_mean", "running_var")) {
      inputs.add(weights.get(node.path(), name).name());
    }
    return add(node, "BatchNormalization", inputs, List.of(number("epsilon", 1e-5f)));
  }

  @Override
  public Message relu(Node.Relu node) {
    return add(node, "Relu", inputs(node), List.of());
  }

  @Override
  public Message pool(Node.Pool node) {
    List<Message> attributes = window(node.kernel(), node.stride(), node.padding());
    if (node.kind() == Node.PoolKind.MAX) {
      return add(node, "MaxPool", inputs(node), attributes);
    }
    attributes.add(integer("ceil_mode", 1));
    attributes.add(integer("count_include_pad", 0));
    return add(node, "AveragePool", inputs(node), attributes);
  }

  @Override
  public Message globalPool(Node.GlobalPool node) {
    String map = node.path().vertex() + ".map";
    graph.nested(1, operator("GlobalAveragePool", map, inputs(node)));
    return add(node, "Flatten", List.of(map), List.of());
  }

  @Override
  public Message padChannels(Node.PadChannels node) {
    return padded(node, List.of(0, node.before(), 0, 0, 0, node.after(), 0, 0));
  }

  @Override
  public Message padEdges(Node.PadEdges node) {
    int edge = node.edge();
    return padded(node, List.of(0, 0, edge, edge, 0, 0, edge, edge));
  }

  private Message padded(Node node, List<Integer> sizes) {
    String pads = node.path().vertex() + ".pads";
    graph.nested(5, OnnxFile.tensor(pads, sizes));
    List<String> inputs = inputs(node);
    inputs.add(pads);
    return add(node, "Pad", inputs, List.of());
  }

  @Override
  public Message add(Node.Add node) {
    return add(node, "Add", inputs(node), List.of());
  }

  @Override
  public Message dense(Node.Dense node) {
    List<String> inputs = inputs(node);
    inputs.add(Weights.name(node.path(), "weight"));
    inputs.add(Weights.name(node.path(), "bias"));
    return add(node, "Gemm", inputs, List.of(integer("transB", 1)));
  }

  @Override
  public Message dropout(Node.Dropout node) {
    same.put(node.path(), node.input());
    return graph;
  }

  private String name(LayerPath path) {
    LayerPath other = same.get(path);
    return other == null ? path.vertex() : name(other);
  }

  private List<String> inputs(Node node) {
    return new ArrayList<>(node.inputs().stream().map(this::name).toList());
  }

  private Message add(Node node, String operator, List<String> inputs, List<Message> attributes) {
    Message message = operator(operator, node.path().vertex(), inputs);
    attributes.forEach(attribute -> message.nested(5, attribute));
    return graph.nested(1, message);
  }

  private static Message operator(String operator, String output, List<String> inputs) {
    Message message = new Message();
    inputs.forEach(input -> message.text(1, input));
    return message.text(2, output).text(3, output).text(4, operator);
  }

  private static List<Message> window(int kernel, int stride, int padding) {
    return new ArrayList<>(
        List.of(
            integers("kernel_shape", kernel, kernel),
            integers("strides", stride, stride),
            integers("pads", padding, padding, padding, padding)));
  }

  private static Message number(String name, float value) {
    return new Message().text(1, name).number(2, value).integer(20, ATTRIBUTE_FLOAT);
  }

  private static Message integer(String name, long value) {
    return new Message().text(1, name).integer(3, value).integer(20, ATTRIBUTE_INT);
  }

  private static Message integers(String name, long... values) {
    Message message = new Message().text(1, name);
    for (long value : values) {
      message.integer(8, value);
    }
    return message.integer(20, ATTRIBUTE_INTS);
  }
}
