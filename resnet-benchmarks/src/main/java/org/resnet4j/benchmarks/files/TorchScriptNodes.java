package org.resnet4j.benchmarks.files;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.summingInt;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.resnet4j.arch.Activation;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;
import org.resnet4j.export.Folding;
import org.resnet4j.graph.BlurPoolVertex;
import org.resnet4j.onednn.Precision;

/** Writes each node of a plan as a line of TorchScript. */
final class TorchScriptNodes implements Node.Visitor<TorchScriptNodes> {
  private static final double EPSILON = 1e-5;

  /** The numbers of {@code torch.dtype}s and memory formats in serialised code. */
  private static final int FLOAT = 6;

  private static final int BFLOAT16 = 15;
  private static final int CHANNELS_LAST = 2;

  private final Plan plan;
  private final Weights weights;
  private final Layout layout;
  private final Precision precision;
  private final Map<LayerPath, Integer> readers;
  private final Map<LayerPath, Node.Norm> folded;
  private final Map<LayerPath, String> variables = new HashMap<>();
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final List<String> lines = new ArrayList<>();

  TorchScriptNodes(Plan plan, Weights weights, Layout layout, Precision precision) {
    this.plan = plan;
    this.weights = weights;
    this.layout = layout;
    this.precision = precision;
    readers =
        plan.nodes().stream()
            .flatMap(node -> node.inputs().stream())
            .collect(groupingBy(path -> path, summingInt(path -> 1)));
    folded = Folding.absorbed(plan);
  }

  private boolean readOnce(LayerPath path) {
    return readers.getOrDefault(path, 0) == 1;
  }

  /** Returns the attributes of the module. */
  Map<String, Tensor> tensors() {
    return tensors;
  }

  /** Returns the module's source. */
  String code() {
    String attributes =
        tensors.keySet().stream().map(name -> "  " + name + " : Tensor\n").collect(joining());
    String result = variable(plan.last().path());
    return """
        class Network(Module):
          __parameters__ = []
          __buffers__ = []
          training : bool
          _is_full_backward_hook : Optional[bool]
        %s  def forward(self: __torch__.Network,
            input: Tensor) -> Tensor:
        %s    return torch.to(%s, %s)
        """
        .formatted(
            attributes,
            lines.stream().map(line -> "    " + line + "\n").collect(joining()),
            result,
            FLOAT);
  }

  @Override
  public TorchScriptNodes input(Node.Input node) {
    String value = "input";
    if (precision == Precision.BF16) {
      value = "torch.to(%s, %s)".formatted(value, BFLOAT16);
    }
    if (layout == Layout.CHANNELS_LAST && !node.output().isVector()) {
      value = "torch.contiguous(%s, memory_format=%s)".formatted(value, CHANNELS_LAST);
    }
    return assign(node, value);
  }

  @Override
  public TorchScriptNodes conv(Node.Conv node) {
    Node.Norm norm = folded.get(node.path());
    Tensor weight = weights.get(node.path(), "weight");
    Tensor bias = weights.has(node.path(), "bias") ? weights.get(node.path(), "bias") : null;
    if (norm != null) {
      Folding folding = weights.folding(norm.path());
      float[] shift = folding.bias(bias == null ? null : bias.values());
      weight = new Tensor(weight.name(), weight.shape(), folding.weight(weight.values()));
      bias = new Tensor(node.path() + ".folded", new int[] {shift.length}, shift);
    }
    return assign(
        node,
        "torch.conv2d(%s, %s, %s, [%s, %s], [%s, %s], [%s, %s], %s)"
            .formatted(
                variable(node.input()),
                attribute(weight),
                bias == null ? "None" : attribute(bias),
                node.stride(),
                node.stride(),
                node.padding(),
                node.padding(),
                node.dilation(),
                node.dilation(),
                node.groups()));
  }

  @Override
  public TorchScriptNodes norm(Node.Norm node) {
    if (folded.containsKey(node.input())) {
      return same(node, node.input());
    }
    if (!node.hasStatistics()) {
      return assign(
          node,
          "torch.group_norm(%s, %s, %s, %s, %s, True)"
              .formatted(
                  variable(node.input()),
                  node.options().groups(),
                  attribute(weights.get(node.path(), "weight")),
                  attribute(weights.get(node.path(), "bias")),
                  EPSILON));
    }
    String parameters =
        List.of("weight", "bias", "running_mean", "running_var").stream()
            .map(name -> attribute(weights.get(node.path(), name)))
            .collect(joining(", "));
    return assign(
        node,
        "torch.batch_norm(%s, %s, False, 0.1, %s, True)"
            .formatted(variable(node.input()), parameters, EPSILON));
  }

  @Override
  public TorchScriptNodes activation(Node.Activate node) {
    String input = variable(node.input());
    return assign(
        node,
        switch (node.function()) {
          case RELU -> "torch.relu%s(%s)".formatted(inPlace(node.input()) ? "_" : "", input);
          case SILU -> "torch.silu(%s)".formatted(input);
          case GELU -> "torch.gelu(%s)".formatted(input);
          case LEAKY_RELU -> "torch.leaky_relu(%s, %s)".formatted(input, Activation.LEAKY_SLOPE);
          case HARD_SWISH -> "torch.hardswish(%s)".formatted(input);
        });
  }

  @Override
  public TorchScriptNodes sigmoid(Node.Sigmoid node) {
    String sigmoid = "torch.sigmoid(%s)".formatted(variable(node.input()));
    return assign(
        node, node.inputShape().isVector() ? sigmoid : "torch.flatten(%s, 1)".formatted(sigmoid));
  }

  @Override
  public TorchScriptNodes channelConv(Node.ChannelConv node) {
    Tensor weight = weights.get(node.path(), "weight");
    int[] shape = {1, 1, node.kernel()};
    return assign(
        node,
        "torch.conv1d(torch.unsqueeze(%s, 1), %s, None, [1], [%s], [1], 1)"
            .formatted(
                variable(node.input()),
                attribute(new Tensor(weight.name(), shape, weight.values())),
                node.kernel() / 2));
  }

  @Override
  public TorchScriptNodes pool(Node.Pool node) {
    boolean max = node.kind() == Node.PoolKind.MAX;
    if (node.kind() == Node.PoolKind.AVERAGE_OF_PADDED) {
      return assign(
          node,
          "torch.avg_pool2d(torch.constant_pad_nd(%s, [0, 1, 0, 1], 0), [2, 2], [1, 1])"
              .formatted(variable(node.input())));
    }
    return assign(
        node,
        "torch.%s_pool2d(%s, [%s, %s], [%s, %s], [%s, %s], %s)"
            .formatted(
                max ? "max" : "avg",
                variable(node.input()),
                node.kernel(),
                node.kernel(),
                node.stride(),
                node.stride(),
                node.padding(),
                node.padding(),
                max ? "[1, 1], False" : "True, False"));
  }

  @Override
  public TorchScriptNodes blur(Node.Blur node) {
    int channels = node.output().channels();
    Tensor filter =
        new Tensor(
            node.path() + ".filter",
            new int[] {channels, 1, 3, 3},
            BlurPoolVertex.filters(channels));
    return assign(
        node,
        "torch.conv2d(torch.reflection_pad2d(%s, [1, 1, 1, 1]), %s, None, [2, 2], [0, 0], [1, 1], %s)"
            .formatted(variable(node.input()), attribute(filter), channels));
  }

  @Override
  public TorchScriptNodes globalPool(Node.GlobalPool node) {
    return assign(
        node,
        node.kind() == Node.PoolKind.AVERAGE
            ? "torch.flatten(torch.adaptive_avg_pool2d(%s, [1, 1]), 1)"
                .formatted(variable(node.input()))
            : "torch.amax(%s, [2, 3])".formatted(variable(node.input())));
  }

  @Override
  public TorchScriptNodes padChannels(Node.PadChannels node) {
    return assign(
        node,
        "torch.constant_pad_nd(%s, [0, 0, 0, 0, %s, %s], 0)"
            .formatted(variable(node.input()), node.before(), node.after()));
  }

  @Override
  public TorchScriptNodes padEdges(Node.PadEdges node) {
    int edge = node.edge();
    return assign(
        node,
        "torch.constant_pad_nd(%s, [%s, %s, %s, %s], 0)"
            .formatted(variable(node.input()), edge, edge, edge, edge));
  }

  @Override
  public TorchScriptNodes add(Node.Add node) {
    return assign(
        node,
        "torch.add%s(%s, %s)"
            .formatted(
                inPlace(node.branch()) ? "_" : "",
                variable(node.branch()),
                variable(node.shortcut())));
  }

  @Override
  public TorchScriptNodes join(Node.Join node) {
    String form =
        node.kind() == Node.JoinKind.MEAN
            ? "torch.mul(torch.add(%s, %s), 0.5)"
            : "torch.cat([%s, %s], 1)";
    return assign(node, form.formatted(variable(node.first()), variable(node.second())));
  }

  @Override
  public TorchScriptNodes scaleChannels(Node.ScaleChannels node) {
    return assign(
        node,
        "torch.mul(%s, torch.unsqueeze(torch.unsqueeze(%s, 2), 3))"
            .formatted(variable(node.image()), variable(node.factors())));
  }

  @Override
  public TorchScriptNodes dense(Node.Dense node) {
    Tensor weight = weights.get(node.path(), "weight");
    // The weights of an attention are stored as those of a 1x1 convolution.
    int[] shape = {weight.shape()[0], weight.shape()[1]};
    return assign(
        node,
        "torch.linear(%s, %s, %s)"
            .formatted(
                variable(node.input()),
                attribute(new Tensor(weight.name(), shape, weight.values())),
                attribute(weights.get(node.path(), "bias"))));
  }

  @Override
  public TorchScriptNodes dropout(Node.Dropout node) {
    return same(node, node.input());
  }

  @Override
  public TorchScriptNodes stochasticDepth(Node.StochasticDepth node) {
    return same(node, node.input());
  }

  @Override
  public TorchScriptNodes dropBlock(Node.DropBlock node) {
    return same(node, node.input());
  }

  /** Returns whether the value of {@code path} may be overwritten, as it has one reader. */
  private boolean inPlace(LayerPath path) {
    return readOnce(path) && path.place() != LayerPath.Place.INPUT;
  }

  private TorchScriptNodes same(Node node, LayerPath other) {
    variables.put(node.path(), variable(other));
    return this;
  }

  private TorchScriptNodes assign(Node node, String expression) {
    String variable = "x" + lines.size();
    lines.add(variable + " = " + expression);
    variables.put(node.path(), variable);
    return this;
  }

  private String variable(LayerPath path) {
    String variable = variables.get(path);
    if (variable == null) {
      throw new AssertionError(path + " is read before it is computed");
    }
    return variable;
  }

  private String attribute(Tensor tensor) {
    String name = "p" + tensors.size();
    tensors.put(name, tensor);
    return "self." + name;
  }
}
