package org.resnet4j.arch;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A plan printed as a table for people. */
public final class PlanSummary {
  private static final String ROW = "%-28s %-26s %-14s %14s %17s%n";

  private PlanSummary() {}

  /** Returns one line for each layer, then the totals. */
  public static String of(Plan plan) {
    StringBuilder text = new StringBuilder(plan.architecture().describe()).append("\n\n");
    text.append(ROW.formatted("layer", "kind", "output CxHxW", "parameters", "MACs"));
    for (Node node : plan.nodes()) {
      text.append(
          ROW.formatted(
              node.path(),
              node.accept(Kind.INSTANCE),
              node.output(),
              count(node.parameterCount()),
              count(node.macs())));
    }
    return text.append("%n".formatted())
        .append(total("parameters", plan.parameterCount()))
        .append(total("parameters as numParams() counts them", plan.dl4jParameterCount()))
        .append(total("multiply-accumulates per image", plan.macs()))
        .append(total("convolutions", plan.convolutionCount()))
        .append(
            "%-40s %s%n"
                .formatted(
                    "stages",
                    plan.stageShapes().stream()
                        .map(Shape::toString)
                        .collect(Collectors.joining(" "))))
        .toString()
        .replaceAll(" *\\R", "\n");
  }

  private static String total(String name, long value) {
    return "%-40s %s%n".formatted(name, String.format(Locale.ROOT, "%,d", value));
  }

  private static String count(long value) {
    return value == 0 ? "" : String.format(Locale.ROOT, "%,d", value);
  }

  /** A layer's description in a few characters. */
  private enum Kind implements Node.Visitor<String> {
    INSTANCE;

    @Override
    public String input(Node.Input node) {
      return "input";
    }

    @Override
    public String conv(Node.Conv node) {
      return window("conv", node.kernel(), node.stride())
          + (node.groups() == 1 ? "" : ", %s groups".formatted(node.groups()))
          + (node.dilation() == 1 ? "" : ", dilation " + node.dilation())
          + (node.bias() == ConvBias.PRESENT ? " + bias" : "");
    }

    @Override
    public String norm(Node.Norm node) {
      String kind =
          switch (node.options().kind()) {
            case BATCH -> "batch norm";
            case GROUP -> "group norm, %s groups".formatted(node.options().groups());
            case FROZEN -> "frozen batch norm";
          };
      return kind + (node.initialScale() == 1 ? "" : ", scale 0 at first");
    }

    @Override
    public String activation(Node.Activate node) {
      return node.function().toString().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    @Override
    public String sigmoid(Node.Sigmoid node) {
      return "sigmoid";
    }

    @Override
    public String channelConv(Node.ChannelConv node) {
      return "conv of %s channels".formatted(node.kernel());
    }

    @Override
    public String pool(Node.Pool node) {
      return window(
          (node.kind() == Node.PoolKind.MAX ? "max pool" : "average pool"),
          node.kernel(),
          node.stride());
    }

    @Override
    public String blur(Node.Blur node) {
      return window("blur", 3, 2);
    }

    @Override
    public String globalPool(Node.GlobalPool node) {
      return node.kind() == Node.PoolKind.AVERAGE ? "global average pool" : "global max pool";
    }

    @Override
    public String padChannels(Node.PadChannels node) {
      return "zero channels %s+%s".formatted(node.before(), node.after());
    }

    @Override
    public String padEdges(Node.PadEdges node) {
      return "zero edges " + node.edge();
    }

    @Override
    public String add(Node.Add node) {
      return "add " + List.of(last(node.branch()), last(node.shortcut()));
    }

    @Override
    public String join(Node.Join node) {
      String kind = node.kind() == Node.JoinKind.MEAN ? "mean " : "concatenate ";
      return kind + List.of(last(node.first()), last(node.second()));
    }

    @Override
    public String scaleChannels(Node.ScaleChannels node) {
      return "channels times " + node.factors().role();
    }

    private static String last(LayerPath path) {
      return path.role();
    }

    @Override
    public String dense(Node.Dense node) {
      return node.kind() == Node.DenseKind.CLASSIFIER ? "dense, softmax" : "dense";
    }

    @Override
    public String dropout(Node.Dropout node) {
      return "dropout " + node.rate();
    }

    @Override
    public String stochasticDepth(Node.StochasticDepth node) {
      return String.format(Locale.ROOT, "stochastic depth %.3g", node.rate());
    }

    @Override
    public String dropBlock(Node.DropBlock node) {
      return String.format(Locale.ROOT, "drop block %sx%1$s %.3g", node.size(), node.rate());
    }

    private static String window(String kind, int kernel, int stride) {
      return "%s %sx%s%s".formatted(kind, kernel, kernel, stride == 1 ? "" : " /" + stride);
    }
  }
}
