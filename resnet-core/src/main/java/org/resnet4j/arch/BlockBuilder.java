package org.resnet4j.arch;

import java.util.List;
import org.resnet4j.arch.LayerList.Window;

/** Appends the layers of one residual unit. */
final class BlockBuilder {
  private final Architecture architecture;
  private final Blocks blocks;
  private final LayerList layers;
  private final int stage;
  private final int block;
  private final int stride;
  private final int filters;
  private final int dilation;
  private final double dropRate;

  /**
   * Creates the builder of a block.
   *
   * @param dropRate probability with which its branch is dropped in training
   */
  BlockBuilder(Architecture architecture, LayerList layers, int stage, int block, double dropRate) {
    this.architecture = architecture;
    this.blocks = architecture.blocks();
    this.layers = layers;
    this.stage = stage;
    this.block = block;
    this.stride = blocks.stride(stage, block);
    this.filters = blocks.outputs(stage);
    this.dilation = blocks.dilations().get(stage);
    this.dropRate = dropRate;
  }

  /** Appends the block after {@code x}, and returns its last layer. */
  Node build(Node x) {
    return switch (blocks.kinds().get(stage)) {
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
      Window window = windows.get(i - 1);
      boolean smooths = window.stride() > 1 && architecture.antiAliasing() != AntiAliasing.NONE;
      branch = layers.conv(at("conv" + i), branch, smooths ? window.withStride(1) : window);
      branch = layers.norm(at("bn" + i), branch, last ? lastScale() : 1);
      branch = i == windows.size() - 1 ? squaresDropped(branch) : branch;
      branch = last ? branch : layers.activation(at("relu" + i), branch);
      branch = smooths ? layers.smooth(at("aa"), branch) : branch;
    }
    return layers.activation(at("relu"), sum(branch, x, x));
  }

  /** Appends DropBlock after the norm before the last convolution's. */
  private Node squaresDropped(Node x) {
    double rate = blocks.dropBlock(stage);
    return rate == 0
        ? x
        : layers.add(
            new Node.DropBlock(
                at("drop_block"), x.path(), x.output(), rate, blocks.dropSize(stage)));
  }

  private double lastScale() {
    return architecture.init() == Init.ZERO_INIT_RESIDUAL ? 0 : 1;
  }

  private Node preActivated(Node x) {
    Node branch = x;
    Node activated = x;
    List<Window> windows = windows();
    for (int i = 1; i <= windows.size(); i++) {
      branch = layers.norm(at("bn" + i), branch);
      branch = layers.activation(at("relu" + i), branch);
      activated = i == 1 ? branch : activated;
      branch = layers.conv(at("conv" + i), branch, windows.get(i - 1));
    }
    return sum(branch, x, activated);
  }

  private Node dense(Node x) {
    Node branch = layers.activation(at("relu1"), layers.linear(at("fc1"), x, filters));
    branch = layers.linear(at("fc2"), branch, filters);
    return layers.activation(at("relu"), sum(branch, x, x));
  }

  /**
   * Returns {@code x} with each channel multiplied by its factor of the attention, or {@code x}
   * itself when the blocks have none.
   */
  private Node weighed(Node x) {
    if (blocks.attention() == Attention.NONE) {
      return x;
    }
    Node means = layers.globalPool(at("se.pool"), x, Node.PoolKind.AVERAGE);
    Node gate =
        blocks.attention() == Attention.ECA ? neighbours(means) : squeezeAndExcitation(means);
    gate =
        layers.add(new Node.Sigmoid(at("se.sigmoid"), gate.path(), gate.output(), means.output()));
    return layers.add(new Node.ScaleChannels(at("se.scale"), x.path(), gate.path(), x.output()));
  }

  private Node neighbours(Node means) {
    int channels = means.output().channels();
    return layers.add(
        new Node.ChannelConv(
            at("se.conv"),
            means.path(),
            new Shape(1, channels, 1),
            Attention.neighbours(channels)));
  }

  private Node squeezeAndExcitation(Node means) {
    int channels = means.output().channels();
    int squeezed = Attention.squeezed(channels);
    Node gate = layers.dense(at("se.fc1"), means, squeezed, Node.DenseKind.POINTWISE);
    gate = layers.activation(at("se.relu"), gate, Activation.RELU);
    return layers.dense(at("se.fc2"), gate, channels, Node.DenseKind.POINTWISE);
  }

  /** Returns the convolutions of the residual branch. */
  private List<Window> windows() {
    int first = blocks.firstDilation(stage, block);
    if (!blocks.kinds().get(stage).isBottleneck()) {
      return List.of(
          new Window(filters, 3, stride, 1, first), new Window(filters, 3, 1, 1, dilation));
    }
    boolean firstHasStride = downsampling() == Downsampling.FIRST_CONV;
    Bottleneck bottleneck = blocks.bottleneck();
    int inner = blocks.inner(stage);
    return List.of(
        Window.of(inner, 1, firstHasStride ? stride : 1),
        new Window(inner, 3, firstHasStride ? 1 : stride, bottleneck.groups(), first),
        Window.of(filters, 1, 1));
  }

  /**
   * Returns the shortcut in the shape of the branch, computed from {@code x} or, where a projection
   * reads it, from {@code activated}.
   */
  private Node shortcut(Node x, Node activated) {
    boolean sameShape = stride == 1 && x.output().channels() == filters;
    return switch (architecture.shortcut().kind()) {
      case A -> sameShape ? x : padded(x);
      case B -> sameShape ? x : subsamples(x) ? padded(x) : projected(activated);
      case C -> projected(activated);
      case NONE -> throw new AssertionError(at("shortcut") + ": a plain block has none");
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
      x = layers.pool(at("shortcut.subsample"), x, Node.PoolKind.MAX, 1, stride, 0);
    }
    int missing = filters - x.output().channels();
    if (missing == 0) {
      return x;
    }
    return layers.add(
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
      case CONV -> layers.conv(at("shortcut.conv"), x, Window.of(filters, 1, stride));
      case POOL_CONV_NORM -> projectedNorm(averaged(x), 1);
    };
  }

  /** Returns 2×2 averages, with a stride or, where dilation replaced it, one for every pixel. */
  private Node averaged(Node x) {
    return stride == 1 && dilation == 1 ? x : layers.average(at("shortcut.pool"), x, stride);
  }

  private Node projectedNorm(Node x, int convStride) {
    x = layers.conv(at("shortcut.conv"), x, Window.of(filters, 1, convStride));
    return layers.norm(at("shortcut.bn"), x);
  }

  /**
   * Appends attention and stochastic depth to {@code branch}, then the sum with the shortcut; a
   * plain network has no sum.
   */
  private Node sum(Node branch, Node x, Node activated) {
    branch = dropped(weighed(branch));
    if (architecture.shortcut().kind() == ShortcutKind.NONE) {
      return branch;
    }
    Node shortcut = shortcut(x, activated);
    if (!branch.output().equals(shortcut.output())) {
      throw new AssertionError(
          at("add") + ": branch " + branch.output() + " and shortcut " + shortcut.output());
    }
    return layers.add(new Node.Add(at("add"), branch.path(), shortcut.path(), branch.output()));
  }

  private Node dropped(Node x) {
    return dropRate == 0
        ? x
        : layers.add(new Node.StochasticDepth(at("drop_path"), x.path(), x.output(), dropRate));
  }

  private LayerPath at(String role) {
    return new LayerPath(LayerPath.Place.STAGE, stage, block, role);
  }
}
