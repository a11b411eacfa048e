package org.resnet4j.arch;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The layers of a plan so far. Each method appends layers after {@code x} and returns the last; ε,
 * momentum, bias and activation are those of the architecture.
 */
final class LayerList {
  private final Architecture architecture;
  private final List<Node> nodes = new ArrayList<>();

  LayerList(Architecture architecture) {
    this.architecture = architecture;
  }

  /** Returns the layers in the order in which they were appended. */
  List<Node> nodes() {
    return nodes;
  }

  Node add(Node node) {
    nodes.add(node);
    return node;
  }

  /**
   * The window of a convolution.
   *
   * @param dilation distance of the values that it reads
   */
  record Window(int filters, int kernel, int stride, int groups, int dilation) {
    static Window of(int filters, int kernel, int stride) {
      return new Window(filters, kernel, stride, 1, 1);
    }

    Window withStride(int value) {
      return new Window(filters, kernel, value, groups, dilation);
    }
  }

  Node conv(LayerPath path, Node x, Window window) {
    int reach = window.dilation * (window.kernel - 1) + 1;
    int padding = reach / 2;
    return add(
        new Node.Conv(
            path,
            x.path(),
            x.output().channels(),
            x.output().slide(reach, window.stride, padding).withChannels(window.filters),
            window.kernel,
            window.stride,
            padding,
            window.groups,
            window.dilation,
            architecture.convBias()));
  }

  Node norm(LayerPath path, Node x) {
    return norm(path, x, 1);
  }

  Node norm(LayerPath path, Node x, double initialScale) {
    return add(
        new Node.Norm(
            path,
            x.path(),
            x.output(),
            initialScale,
            architecture.epsilon(),
            architecture.norms()));
  }

  /** Appends the architecture's activation. Its name is {@code relu} whatever the function. */
  Node activation(LayerPath path, Node x) {
    return activation(path, x, architecture.activation());
  }

  Node activation(LayerPath path, Node x, Activation function) {
    return add(new Node.Activate(path, x.path(), x.output(), function));
  }

  Node pool(LayerPath path, Node x, Node.PoolKind kind, int kernel, int stride, int padding) {
    Shape output = x.output().slide(kernel, stride, padding);
    return add(new Node.Pool(path, x.path(), x.output(), output, kind, kernel, stride, padding));
  }

  /** Appends the smoothing with stride 2 that the architecture's anti-aliasing has. */
  Node smooth(LayerPath path, Node x) {
    return architecture.antiAliasing() == AntiAliasing.BLUR
        ? add(new Node.Blur(path, x.path(), x.output().halved()))
        : average(path, x, 2);
  }

  /**
   * Appends 2×2 averages; with stride 2 the last ones may extend beyond the image, with stride 1
   * they read zeros there.
   */
  Node average(LayerPath path, Node x, int stride) {
    return add(
        new Node.Pool(
            path,
            x.path(),
            x.output(),
            stride == 1 ? x.output() : x.output().halved(),
            stride == 1 ? Node.PoolKind.AVERAGE_OF_PADDED : Node.PoolKind.AVERAGE,
            2,
            stride,
            0));
  }

  Node globalPool(LayerPath path, Node x, Node.PoolKind kind) {
    return add(new Node.GlobalPool(path, x.path(), Shape.vector(x.output().channels()), kind));
  }

  Node linear(LayerPath path, Node x, int features) {
    return dense(path, x, features, Node.DenseKind.LINEAR);
  }

  Node dense(LayerPath path, Node x, int features, Node.DenseKind kind) {
    return add(new Node.Dense(path, x.path(), x.output().channels(), Shape.vector(features), kind));
  }

  /** Gives a bias to the convolutions that no norm follows, and to no others. */
  void leaveBiasToNorms() {
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
}
