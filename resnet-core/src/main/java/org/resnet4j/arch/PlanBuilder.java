package org.resnet4j.arch;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The only loop over stages and blocks. Each method appends layers after {@code x} and returns the
 * last.
 */
final class PlanBuilder {
  private final Architecture architecture;
  private final Blocks blocks;
  private final List<Node> nodes = new ArrayList<>();

  PlanBuilder(Architecture architecture) {
    this.architecture = architecture;
    this.blocks = architecture.blocks();
  }

  Plan build() {
    Node x = stem(add(new Node.Input(LayerPath.input(), architecture.input())));
    Shape stemShape = x.output();
    List<Shape> stageShapes = new ArrayList<>();
    for (int stage = 0; stage < blocks.stages(); stage++) {
      for (int block = 0; block < blocks.depths().get(stage); block++) {
        x = new Block(stage, block).build(x);
      }
      stageShapes.add(x.output());
    }
    head(x);
    if (architecture.convBias() == ConvBias.BARE) {
      leaveBiasToNorms();
    }
    return new Plan(architecture, nodes, stemShape, stageShapes);
  }

  private void leaveBiasToNorms() {
    Set<LayerPath> normed = new HashSet<>();
    for (Node node : nodes) {
      if (node instanceof Node.Norm norm) {
        normed.add(norm.input());
      }
    }
    nodes.replaceAll(
        node ->
            node instanceof Node.Conv conv
                ? conv.withBias(normed.contains(conv.path()) ? ConvBias.ABSENT : ConvBias.PRESENT)
                : node);
  }

  private Node stem(Node x) {
    Stem stem = architecture.stem();
    boolean all = stem.norms() == Stem.Norms.IMAGES_AND_ALL_CONVOLUTIONS;
    if (all) {
      x = norm(LayerPath.stem("bn0"), x);
    }
    int last = stem.convolutions().size();
    for (int i = 1; i <= last; i++) {
      Stem.Convolution next = stem.convolutions().get(i - 1);
      x = conv(LayerPath.stem("conv" + i), x, next.channels(), next.kernel(), next.stride(), 1);
      // Pre-activation networks leave norm and ReLU of the last convolution to the first block.
      if (all || i < last || !blocks.kind().isPreActivated()) {
        x = relu(LayerPath.stem("relu" + i), norm(LayerPath.stem("bn" + i), x));
      }
    }
    if (stem.features() > 0) {
      x = linear(LayerPath.stem("fc"), x, stem.features());
    }
    return switch (stem.pooling()) {
      case NONE -> x;
      case MAX -> pool(LayerPath.stem("pool"), x, Node.PoolKind.MAX, 3, 2, 1);
      case MAX_ZERO_PADDED -> zeroPaddedPool(x);
    };
  }

  private Node zeroPaddedPool(Node x) {
    Node padded =
        add(new Node.PadEdges(LayerPath.stem("pad"), x.path(), x.output().withEdges(1), 1));
    return pool(LayerPath.stem("pool"), padded, Node.PoolKind.MAX, 3, 2, 0);
  }

  private void head(Node x) {
    HeadKind kind = architecture.head().kind();
    if (kind == HeadKind.NONE) {
      return;
    }
    if (blocks.kind().isPreActivated()) {
      x = norm(LayerPath.head("bn"), x);
      x = relu(LayerPath.head("relu"), x);
    }
    if (blocks.kind() != BlockKind.DENSE) {
      x = globalPool(LayerPath.head("pool"), x);
    }
    if (kind == HeadKind.FEATURES) {
      return;
    }
    double dropout = architecture.head().dropout();
    if (dropout > 0) {
      x = add(new Node.Dropout(LayerPath.head("dropout"), x.path(), x.output(), dropout));
    }
    dense(LayerPath.head("fc"), x, architecture.classes(), Node.DenseKind.CLASSIFIER);
  }

  /** A residual unit. */
  private final class Block {
    private final int stage;
    private final int block;
    private final int stride;
    private final int filters;

    Block(int stage, int block) {
      this.stage = stage;
      this.block = block;
      this.stride = blocks.stride(stage, block);
      this.filters = blocks.outputs(stage);
    }

    Node build(Node x) {
      return switch (blocks.kind()) {
        case BASIC, BOTTLENECK -> postActivated(x);
        case PREACT_BASIC, PREACT_BOTTLENECK -> preActivated(x);
        case DENSE -> dense(x);
      };
    }

    private Node postActivated(Node x) {
      Node branch = x;
      List<Window> windows = windows();
      for (int i = 1; i <= windows.size(); i++) {
        boolean last = i == windows.size();
        branch = conv(i, branch, windows.get(i - 1));
        branch = norm(at("bn" + i), branch, last ? lastScale() : 1);
        branch = last ? branch : relu(at("relu" + i), branch);
      }
      return relu(at("relu"), sum(weighed(branch), shortcut(x, x)));
    }

    private double lastScale() {
      return architecture.init() == Init.ZERO_INIT_RESIDUAL ? 0 : 1;
    }

    private Node preActivated(Node x) {
      Node branch = x;
      Node activated = x;
      List<Window> windows = windows();
      for (int i = 1; i <= windows.size(); i++) {
        branch = norm(at("bn" + i), branch);
        branch = relu(at("relu" + i), branch);
        activated = i == 1 ? branch : activated;
        branch = conv(i, branch, windows.get(i - 1));
      }
      return sum(weighed(branch), shortcut(x, activated));
    }

    /**
     * Returns {@code x} with each channel multiplied by its squeeze-and-excitation factor, or
     * {@code x} itself when the blocks have no attention.
     */
    private Node weighed(Node x) {
      if (blocks.attention() == Attention.NONE) {
        return x;
      }
      int channels = x.output().channels();
      Node gate = globalPool(at("se.pool"), x);
      gate =
          PlanBuilder.this.dense(
              at("se.fc1"), gate, Attention.squeezed(channels), Node.DenseKind.POINTWISE);
      gate = relu(at("se.relu"), gate);
      gate = PlanBuilder.this.dense(at("se.fc2"), gate, channels, Node.DenseKind.POINTWISE);
      gate = add(new Node.Sigmoid(at("se.sigmoid"), gate.path(), gate.output()));
      return add(new Node.ScaleChannels(at("se.scale"), x.path(), gate.path(), x.output()));
    }

    private Node dense(Node x) {
      Node branch = relu(at("relu1"), linear(at("fc1"), x, filters));
      branch = linear(at("fc2"), branch, filters);
      return relu(at("relu"), sum(branch, x));
    }

    /** Returns the convolutions of the residual branch. */
    private List<Window> windows() {
      if (!blocks.kind().isBottleneck()) {
        return List.of(new Window(filters, 3, stride, 1), new Window(filters, 3, 1, 1));
      }
      boolean first = downsampling() == Downsampling.FIRST_CONV;
      Bottleneck bottleneck = blocks.bottleneck();
      int inner = (int) bottleneck.channels(blocks.widths().get(stage));
      return List.of(
          new Window(inner, 1, first ? stride : 1, 1),
          new Window(inner, 3, first ? 1 : stride, bottleneck.groups()),
          new Window(filters, 1, 1, 1));
    }

    private Node conv(int index, Node x, Window window) {
      return PlanBuilder.this.conv(
          at("conv" + index), x, window.filters, window.kernel, window.stride, window.groups);
    }

    /**
     * Returns the shortcut in the shape of the branch, computed from {@code x} or, where a
     * projection reads it, from {@code activated}.
     */
    private Node shortcut(Node x, Node activated) {
      boolean sameShape = stride == 1 && x.output().channels() == filters;
      return switch (architecture.shortcut().kind()) {
        case A -> sameShape ? x : padded(x);
        case B -> sameShape ? x : subsamples(x) ? padded(x) : projected(activated);
        case C -> projected(activated);
      };
    }

    private Downsampling downsampling() {
      return blocks.bottleneck().downsampling();
    }

    private boolean subsamples(Node x) {
      return downsampling() == Downsampling.LAST_BLOCK && x.output().channels() == filters;
    }

    private Node padded(Node x) {
      if (stride > 1) {
        x = pool(at("shortcut.subsample"), x, Node.PoolKind.MAX, 1, stride, 0);
      }
      int missing = filters - x.output().channels();
      if (missing == 0) {
        return x;
      }
      return add(
          new Node.PadChannels(
              at("shortcut.pad"),
              x.path(),
              x.output().withChannels(filters),
              missing / 2,
              missing - missing / 2));
    }

    private Node projected(Node x) {
      return switch (architecture.shortcut().projection()) {
        case CONV_NORM -> projectedNorm(x, stride);
        case CONV -> PlanBuilder.this.conv(at("shortcut.conv"), x, filters, 1, stride, 1);
        case POOL_CONV_NORM ->
            projectedNorm(
                stride == 1
                    ? x
                    : add(
                        new Node.Pool(
                            at("shortcut.pool"),
                            x.path(),
                            x.output(),
                            x.output().halved(),
                            Node.PoolKind.AVERAGE,
                            2,
                            2,
                            0)),
                1);
      };
    }

    private Node projectedNorm(Node x, int convStride) {
      x = PlanBuilder.this.conv(at("shortcut.conv"), x, filters, 1, convStride, 1);
      return norm(at("shortcut.bn"), x);
    }

    private Node sum(Node branch, Node shortcut) {
      if (!branch.output().equals(shortcut.output())) {
        throw new AssertionError(
            at("add") + ": branch " + branch.output() + " and shortcut " + shortcut.output());
      }
      return add(new Node.Add(at("add"), branch.path(), shortcut.path(), branch.output()));
    }

    private LayerPath at(String role) {
      return new LayerPath(LayerPath.Place.STAGE, stage, block, role);
    }
  }

  /** A convolution of a block. */
  private record Window(int filters, int kernel, int stride, int groups) {}

  private Node conv(LayerPath path, Node x, int filters, int kernel, int stride, int groups) {
    int padding = kernel / 2;
    return add(
        new Node.Conv(
            path,
            x.path(),
            x.output().channels(),
            x.output().slide(kernel, stride, padding).withChannels(filters),
            kernel,
            stride,
            padding,
            groups,
            architecture.convBias()));
  }

  private Node norm(LayerPath path, Node x) {
    return norm(path, x, 1);
  }

  private Node norm(LayerPath path, Node x, double initialScale) {
    return add(new Node.Norm(path, x.path(), x.output(), initialScale, architecture.epsilon()));
  }

  private Node relu(LayerPath path, Node x) {
    return add(new Node.Relu(path, x.path(), x.output()));
  }

  private Node pool(
      LayerPath path, Node x, Node.PoolKind kind, int kernel, int stride, int padding) {
    Shape output = x.output().slide(kernel, stride, padding);
    return add(new Node.Pool(path, x.path(), x.output(), output, kind, kernel, stride, padding));
  }

  private Node globalPool(LayerPath path, Node x) {
    return add(new Node.GlobalPool(path, x.path(), Shape.vector(x.output().channels())));
  }

  private Node linear(LayerPath path, Node x, int features) {
    return dense(path, x, features, Node.DenseKind.LINEAR);
  }

  private Node dense(LayerPath path, Node x, int features, Node.DenseKind kind) {
    return add(new Node.Dense(path, x.path(), x.output().channels(), Shape.vector(features), kind));
  }

  private Node add(Node node) {
    nodes.add(node);
    return node;
  }
}
