package org.resnet4j.onednn;

import java.util.List;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.Activation;
import org.resnet4j.graph.GroupedConvolutionLayer;
import org.resnet4j.graph.ScaleChannelsVertex;

/** Random vertices of all kinds, in a {@link RandomWiring}. */
final class RandomVertices extends RandomWiring {
  RandomVertices(int seed) {
    super(seed);
  }

  @Override
  void add(String name) {
    Node in = nodes.get(Math.max(random.nextInt(nodes.size()), random.nextInt(nodes.size())));
    if (in.isVector() && !slips()) {
      vector(name, in);
      return;
    }
    switch (random.nextInt(9)) {
      case 0, 1 -> convolution(name, in);
      case 2 -> pool(name, in);
      case 3 -> pad(name, in);
      case 4 -> norm(name, in);
      case 5 -> flatten(name, in);
      case 6 -> gate(name, in);
      case 7 -> merge(name, in);
      default -> sum(name, in);
    }
  }

  private void vector(String name, Node in) {
    switch (random.nextInt(4)) {
      case 0 -> sum(name, in);
      case 1 -> merge(name, in);
      case 2 -> unflatten(name, in);
      default -> {
        int outputs = 1 + random.nextInt(6);
        graph.addLayer(
            name,
            new DenseLayer.Builder()
                .nIn(slipping(in.channels()))
                .nOut(outputs)
                .activation(Activation.TANH)
                .build(),
            in.name());
        made(new Node(name, outputs, 0, 0), in);
      }
    }
  }

  private void convolution(String name, Node in) {
    int kernel = 1 + random.nextInt(4);
    int stride = 1 + random.nextInt(3);
    int dilation = random.nextInt(5) == 0 ? 2 : 1;
    int extent = (kernel - 1) * dilation + 1;
    boolean grouped = in.channels() % 2 == 0 && random.nextInt(4) == 0;
    int outputs = 2 * (1 + random.nextInt(4));
    ConvolutionMode mode = mode();
    int padding = mode == ConvolutionMode.Same || dilation > 1 ? 0 : random.nextInt(kernel);
    ConvolutionLayer.Builder builder =
        new ConvolutionLayer.Builder(kernel, kernel)
            .nIn(grouped ? in.channels() : slipping(in.channels()))
            .nOut(outputs)
            .stride(stride, stride)
            .padding(padding, padding)
            .dilation(dilation, dilation)
            .convolutionMode(mode)
            .activation(random.nextBoolean() ? Activation.TANH : Activation.IDENTITY);
    Node out = windowed(name, in, outputs, extent, stride, mode, padding);
    if (out != null) {
      graph.addLayer(
          name, grouped ? new GroupedConvolutionLayer(builder, 2) : builder.build(), in.name());
      made(out, in);
    }
  }

  private ConvolutionMode mode() {
    return switch (random.nextInt(6)) {
      case 0, 1 -> ConvolutionMode.Same;
      case 2 -> ConvolutionMode.Strict;
      default -> ConvolutionMode.Truncate;
    };
  }

  /** Returns a windowed layer, or mostly null if no output would be left. */
  private @Nullable Node windowed(
      String name,
      Node in,
      int channels,
      int extent,
      int stride,
      ConvolutionMode mode,
      int padding) {
    boolean same = mode == ConvolutionMode.Same;
    int height = outputs(in.height(), extent, stride, same, padding);
    int width = outputs(in.width(), extent, stride, same, padding);
    return (height < 1 || width < 1) && !slips()
        ? null
        : new Node(name, channels, Math.max(1, height), Math.max(1, width));
  }

  private static int outputs(int size, int kernel, int stride, boolean same, int padding) {
    return same
        ? (size + stride - 1) / stride
        : Math.floorDiv(size + 2 * padding - kernel, stride) + 1;
  }

  private void pool(String name, Node in) {
    int kernel = 1 + random.nextInt(4);
    int stride = 1 + random.nextInt(3);
    ConvolutionMode mode = mode();
    int padding = mode == ConvolutionMode.Same ? 0 : random.nextInt(kernel + (slips() ? 2 : 0));
    Node out = windowed(name, in, in.channels(), kernel, stride, mode, padding);
    if (out != null) {
      graph.addLayer(
          name,
          new SubsamplingLayer.Builder(
                  random.nextBoolean()
                      ? SubsamplingLayer.PoolingType.MAX
                      : SubsamplingLayer.PoolingType.AVG,
                  new int[] {kernel, kernel})
              .stride(stride, stride)
              .padding(padding, padding)
              .convolutionMode(mode)
              .build(),
          in.name());
      made(out, in);
    }
  }

  private void pad(String name, Node in) {
    int top = random.nextInt(3);
    int left = random.nextInt(2);
    graph.addLayer(name, new ZeroPaddingLayer(top, 0, left, 1), in.name());
    made(new Node(name, in.channels(), in.height() + top, in.width() + left + 1), in);
  }

  /** Adds a batch norm; norms of a few values amplify rounding. */
  private void norm(String name, Node in) {
    if (batch * in.height() * in.width() < 24) {
      graph.addVertex(name, new ScaleVertex(0.75), in.name());
    } else {
      int channels = slipping(in.channels());
      graph.addLayer(
          name,
          new BatchNormalization.Builder()
              .nIn(channels)
              .nOut(channels)
              .useLogStd(random.nextBoolean())
              .build(),
          in.name());
    }
    made(new Node(name, in.channels(), in.height(), in.width()), in);
  }

  private void flatten(String name, Node in) {
    int features = in.channels() * in.height() * in.width();
    InputPreProcessor images =
        random.nextBoolean()
            ? new CnnToFeedForwardPreProcessor()
            : new CnnToFeedForwardPreProcessor(
                slipping(in.height()), slipping(in.width()), slipping(in.channels()));
    int outputs = 1 + random.nextInt(12);
    graph.addLayer(
        name,
        new DenseLayer.Builder().nIn(slipping(features)).nOut(outputs).build(),
        images,
        in.name());
    made(new Node(name, outputs, 0, 0), in);
  }

  private void unflatten(String name, Node in) {
    int height = in.channels() % 2 == 0 ? 2 : 1;
    InputPreProcessor images =
        new FeedForwardToCnnPreProcessor(
            slipping(height), slipping(1), slipping(in.channels() / height));
    graph.addLayer(name, new ActivationLayer(Activation.TANH), images, in.name());
    made(new Node(name, in.channels() / height, height, 1), in);
  }

  private void gate(String name, Node in) {
    Node other = nodes.get(random.nextInt(nodes.size()));
    String mean = other.name();
    if (!other.isVector()) {
      mean = name + ".mean";
      graph.addLayer(mean, new GlobalPoolingLayer.Builder().build(), other.name());
    }
    graph.addLayer(
        name + ".factors",
        new DenseLayer.Builder()
            .nIn(other.channels())
            .nOut(slipping(in.channels()))
            .activation(Activation.SIGMOID)
            .build(),
        mean);
    graph.addVertex(name, new ScaleChannelsVertex(), in.name(), name + ".factors");
    made(new Node(name, in.channels(), in.height(), in.width()), in, other);
  }

  private void merge(String name, Node in) {
    boolean slips = slips();
    int axis = in.isVector() ? 1 : 1 + random.nextInt(3);
    List<Node> fitting =
        nodes.stream()
            .filter(node -> node.isVector() == in.isVector() || slips)
            .filter(
                node ->
                    slips
                        || ((axis == 1 || node.channels() == in.channels())
                            && (axis == 2 || node.height() == in.height())
                            && (axis == 3 || node.width() == in.width())))
            .toList();
    Node other = fitting.get(random.nextInt(fitting.size()));
    MergeVertex vertex = new MergeVertex();
    vertex.setMergeAxis(axis);
    graph.addVertex(name, vertex, in.name(), other.name());
    made(
        new Node(
            name,
            in.channels() + (axis == 1 ? other.channels() : 0),
            in.height() + (axis == 2 ? other.height() : 0),
            in.width() + (axis == 3 ? other.width() : 0)),
        in,
        other);
  }

  private void sum(String name, Node in) {
    boolean slips = slips();
    List<Node> fitting =
        nodes.stream()
            .filter(
                node ->
                    slips
                        || (node.channels() == in.channels()
                            && node.height() == in.height()
                            && node.width() == in.width()))
            .toList();
    Node other = fitting.get(random.nextInt(fitting.size()));
    graph.addVertex(name, new ElementWiseVertex(ElementWiseVertex.Op.Add), in.name(), other.name());
    made(new Node(name, in.channels(), in.height(), in.width()), in, other);
  }
}
