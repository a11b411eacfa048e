package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
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
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.resnet4j.graph.GroupedConvolutionLayer;
import org.resnet4j.graph.ScaleChannelsVertex;

/**
 * Random graphs and inputs, two of three with mistakes, give the results of stock Deeplearning4j in
 * inference and training, and graphs that stock refuses are refused in Java. The tolerance is that
 * of {@link RandomGraphTest}.
 */
class RandomInvalidGraphTest {
  private static final Oracle.Tolerance TOLERANCE = new Oracle.Tolerance(1e-3, 1e-2);
  private static final CompileOptions OPTIONS =
      CompileOptions.inference().precision(Precision.FP32);

  /** The numbers of calls, of inference and of training, by outcome. */
  private static final class Tally {
    int equal;
    int refusedByBoth;
    int refusedByEngine;
    final List<String> broken = new ArrayList<>();

    @Override
    public String toString() {
      return equal
          + " equal, "
          + refusedByBoth
          + " refused by both, "
          + refusedByEngine
          + " by the engine alone, "
          + broken.size()
          + " broken";
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Sample(ComputationGraph network, INDArray[] inputs) {}

  @Test
  void randomGraphEqualsStockDeeplearning4jOrIsRefused() {
    check(IntStream.range(0, 150));
  }

  @Tag("slow")
  @Test
  void everyOfManyRandomGraphsEqualsStockDeeplearning4jOrIsRefused() {
    check(IntStream.range(150, 5_000));
  }

  private static void check(IntStream seeds) {
    Tally tally = new Tally();
    seeds.forEach(seed -> check(seed, tally));
    System.out.println("Any graph: " + tally);
    assertThat(tally.broken).as("%s", tally).isEmpty();
    int calls = tally.equal + tally.refusedByBoth + tally.refusedByEngine;
    // Otherwise an engine that refuses too much would pass.
    assertThat(tally.equal).as("%s", tally).isGreaterThan(calls * 2 / 5);
    assertThat(tally.refusedByBoth).as("%s", tally).isGreaterThan(calls / 10);
    assertThat(tally.refusedByEngine).as("%s", tally).isLessThan(calls / 5);
  }

  private static void check(int seed, Tally tally) {
    Sample sample;
    try {
      sample = new Wiring(seed).sample();
    } catch (RuntimeException e) {
      return; // no graph to begin with
    }
    long batch = sample.inputs[0].size(0);
    MultiDataSet data =
        new MultiDataSet(
            sample.inputs, new INDArray[] {Samples.labels(seed, (int) batch, Samples.CLASSES)});
    compare(
        "seed " + seed + ", inference",
        tally,
        () -> Oracle.exact(sample.network).output(Oracle.doubles(sample.inputs)),
        () -> {
          try (CompiledNetwork compiled = OneDnn.compile(sample.network, OPTIONS)) {
            compiled.outputs(sample.inputs);
          }
        },
        () -> Oracle.inference(sample.network, TOLERANCE, sample.inputs));
    compare(
        "seed " + seed + ", training",
        tally,
        () -> step(Oracle.exactTrainer(sample.network), true, data),
        () -> step(OneDnn.accelerate(sample.network), false, data),
        () -> Oracle.training(sample.network, TOLERANCE, data));
  }

  private static void step(ComputationGraph network, boolean exact, MultiDataSet data) {
    network.setInputs(exact ? Oracle.doubles(data.getFeatures()) : data.getFeatures());
    network.setLabels(exact ? Oracle.doubles(data.getLabels()) : data.getLabels());
    network.computeGradientAndScore();
  }

  private static void compare(
      String what, Tally tally, Runnable stock, Runnable engine, Runnable both) {
    Throwable ofStock = thrown(stock);
    Throwable ofEngine = thrown(engine);
    if (ofEngine != null) {
      if (!(ofEngine instanceof IllegalArgumentException)) {
        tally.broken.add(what + ": refused by " + ofEngine);
      } else if (ofStock == null) {
        tally.refusedByEngine++;
      } else {
        tally.refusedByBoth++;
      }
    } else if (ofStock != null) {
      tally.broken.add(what + ": answered, but stock refuses: " + ofStock);
    } else {
      Throwable difference = thrown(both);
      if (difference == null) {
        tally.equal++;
      } else {
        tally.broken.add(what + ": " + difference);
      }
    }
  }

  private static @Nullable Throwable thrown(Runnable work) {
    try {
      work.run();
      return null;
    } catch (RuntimeException | AssertionError e) {
      return e;
    }
  }

  /** A vertex that later ones may read; height 0 stands for a vector. */
  private record Node(String name, int channels, int height, int width) {
    boolean isVector() {
      return height == 0;
    }
  }

  private static final class Wiring {
    private final SplittableRandom random;
    private final GraphBuilder graph = Samples.graph();
    private final List<Node> nodes = new ArrayList<>();
    private final List<Node> unread = new ArrayList<>();
    private final boolean mistakes;
    private final int batch;

    Wiring(int seed) {
      random = new SplittableRandom(seed);
      mistakes = seed % 3 != 0;
      batch = 1 + random.nextInt(3);
    }

    /** Returns whether to make a mistake, in graphs that have some. */
    private boolean slips() {
      return mistakes && random.nextInt(12) == 0;
    }

    private int slipping(int right) {
      return slips() ? Math.max(1, right + random.nextInt(5) - 2) : right;
    }

    Sample sample() {
      Node in =
          new Node("in", 1 + random.nextInt(4), 1 + random.nextInt(10), 1 + random.nextInt(10));
      boolean two = random.nextInt(4) == 0;
      Node other = two ? new Node("other", in.channels, in.height, in.width) : in;
      graph.addInputs(two ? new String[] {"in", "other"} : new String[] {"in"});
      first(in);
      if (two) {
        first(other);
      }
      int vertices = 2 + random.nextInt(8);
      for (int i = 0; i < vertices; i++) {
        add("v" + i);
      }
      Node last = gathered();
      graph.addLayer("head", head(slipping(last.channels)), last.name).setOutputs("head");
      ComputationGraphConfiguration configuration = graph.build();
      INDArray[] inputs = new INDArray[two ? 2 : 1];
      for (int i = 0; i < inputs.length; i++) {
        inputs[i] =
            Samples.images(
                i + 1,
                i == 0 ? batch : slipping(batch),
                slipping(in.channels),
                slipping(in.height),
                slipping(in.width));
      }
      return new Sample(Samples.network(configuration, 1), inputs);
    }

    private static OutputLayer head(int features) {
      return new OutputLayer.Builder(LossFunction.MCXENT)
          .nIn(features)
          .nOut(Samples.CLASSES)
          .activation(Activation.SOFTMAX)
          .build();
    }

    /** Adds a convolution of its own, because stock may overwrite the network's inputs. */
    private void first(Node in) {
      ConvolutionLayer layer =
          new ConvolutionLayer.Builder(1, 1).nIn(in.channels).nOut(2 + random.nextInt(4)).build();
      graph.addLayer(in.name + ".first", layer, in.name);
      made(new Node(in.name + ".first", (int) layer.getNOut(), in.height, in.width));
    }

    /** Merges all vertices that nothing has read into one vector. */
    private Node gathered() {
      List<Node> vectors = new ArrayList<>();
      for (Node node : unread) {
        Node vector = node;
        if (!node.isVector()) {
          vector = new Node(node.name + ".mean", node.channels, 0, 0);
          graph.addLayer(
              vector.name, new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), node.name);
        }
        vectors.add(vector);
      }
      if (vectors.size() == 1) {
        return vectors.get(0);
      }
      graph.addVertex(
          "all", new MergeVertex(), vectors.stream().map(Node::name).toArray(String[]::new));
      return new Node("all", vectors.stream().mapToInt(Node::channels).sum(), 0, 0);
    }

    private void made(Node node, Node... read) {
      nodes.add(node);
      unread.add(node);
      unread.removeAll(List.of(read));
    }

    private void add(String name) {
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
                  .nIn(slipping(in.channels))
                  .nOut(outputs)
                  .activation(Activation.TANH)
                  .build(),
              in.name);
          made(new Node(name, outputs, 0, 0), in);
        }
      }
    }

    private void convolution(String name, Node in) {
      int kernel = 1 + random.nextInt(4);
      int stride = 1 + random.nextInt(3);
      int dilation = random.nextInt(5) == 0 ? 2 : 1;
      int extent = (kernel - 1) * dilation + 1;
      boolean grouped = in.channels % 2 == 0 && random.nextInt(4) == 0;
      int outputs = 2 * (1 + random.nextInt(4));
      ConvolutionMode mode = mode();
      int padding = mode == ConvolutionMode.Same || dilation > 1 ? 0 : random.nextInt(kernel);
      ConvolutionLayer.Builder builder =
          new ConvolutionLayer.Builder(kernel, kernel)
              .nIn(grouped ? in.channels : slipping(in.channels))
              .nOut(outputs)
              .stride(stride, stride)
              .padding(padding, padding)
              .dilation(dilation, dilation)
              .convolutionMode(mode)
              .activation(random.nextBoolean() ? Activation.TANH : Activation.IDENTITY);
      Node out = windowed(name, in, outputs, extent, stride, mode, padding);
      if (out != null) {
        graph.addLayer(
            name, grouped ? new GroupedConvolutionLayer(builder, 2) : builder.build(), in.name);
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
      int height = outputs(in.height, extent, stride, same, padding);
      int width = outputs(in.width, extent, stride, same, padding);
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
      Node out = windowed(name, in, in.channels, kernel, stride, mode, padding);
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
            in.name);
        made(out, in);
      }
    }

    private void pad(String name, Node in) {
      int top = random.nextInt(3);
      int left = random.nextInt(2);
      graph.addLayer(name, new ZeroPaddingLayer(top, 0, left, 1), in.name);
      made(new Node(name, in.channels, in.height + top, in.width + left + 1), in);
    }

    /** Adds a batch norm; norms of a few values amplify rounding. */
    private void norm(String name, Node in) {
      if (batch * in.height * in.width < 24) {
        graph.addVertex(name, new ScaleVertex(0.75), in.name);
      } else {
        int channels = slipping(in.channels);
        graph.addLayer(
            name,
            new BatchNormalization.Builder()
                .nIn(channels)
                .nOut(channels)
                .useLogStd(random.nextBoolean())
                .build(),
            in.name);
      }
      made(new Node(name, in.channels, in.height, in.width), in);
    }

    private void flatten(String name, Node in) {
      int features = in.channels * in.height * in.width;
      InputPreProcessor images =
          random.nextBoolean()
              ? new CnnToFeedForwardPreProcessor()
              : new CnnToFeedForwardPreProcessor(
                  slipping(in.height), slipping(in.width), slipping(in.channels));
      int outputs = 1 + random.nextInt(12);
      graph.addLayer(
          name,
          new DenseLayer.Builder().nIn(slipping(features)).nOut(outputs).build(),
          images,
          in.name);
      made(new Node(name, outputs, 0, 0), in);
    }

    private void unflatten(String name, Node in) {
      int height = in.channels % 2 == 0 ? 2 : 1;
      InputPreProcessor images =
          new FeedForwardToCnnPreProcessor(
              slipping(height), slipping(1), slipping(in.channels / height));
      graph.addLayer(name, new ActivationLayer(Activation.TANH), images, in.name);
      made(new Node(name, in.channels / height, height, 1), in);
    }

    private void gate(String name, Node in) {
      Node other = nodes.get(random.nextInt(nodes.size()));
      String mean = other.name;
      if (!other.isVector()) {
        mean = name + ".mean";
        graph.addLayer(mean, new GlobalPoolingLayer.Builder().build(), other.name);
      }
      graph.addLayer(
          name + ".factors",
          new DenseLayer.Builder()
              .nIn(other.channels)
              .nOut(slipping(in.channels))
              .activation(Activation.SIGMOID)
              .build(),
          mean);
      graph.addVertex(name, new ScaleChannelsVertex(), in.name, name + ".factors");
      made(new Node(name, in.channels, in.height, in.width), in, other);
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
                          || ((axis == 1 || node.channels == in.channels)
                              && (axis == 2 || node.height == in.height)
                              && (axis == 3 || node.width == in.width)))
              .toList();
      Node other = fitting.get(random.nextInt(fitting.size()));
      MergeVertex vertex = new MergeVertex();
      vertex.setMergeAxis(axis);
      graph.addVertex(name, vertex, in.name, other.name);
      made(
          new Node(
              name,
              in.channels + (axis == 1 ? other.channels : 0),
              in.height + (axis == 2 ? other.height : 0),
              in.width + (axis == 3 ? other.width : 0)),
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
                          || (node.channels == in.channels
                              && node.height == in.height
                              && node.width == in.width))
              .toList();
      Node other = fitting.get(random.nextInt(fitting.size()));
      graph.addVertex(name, new ElementWiseVertex(ElementWiseVertex.Op.Add), in.name, other.name);
      made(new Node(name, in.channels, in.height, in.width), in, other);
    }
  }
}
