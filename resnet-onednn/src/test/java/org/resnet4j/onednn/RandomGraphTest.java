package org.resnet4j.onednn;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.resnet4j.graph.GroupedConvolutionLayer;
import org.resnet4j.graph.ScaleChannelsVertex;

/**
 * Randomly wired graphs have the outputs, loss and gradients of stock Deeplearning4j in double
 * precision. Activations are smooth, so that rounding cannot put a value on the other side of a
 * kink; the tolerance is ten times that of single layers, because norms of a few values amplify
 * rounding, and gradients that norms take away almost whole are measured by the others.
 */
class RandomGraphTest {
  private static final Oracle.Tolerance TOLERANCE = new Oracle.Tolerance(1e-3, 1e-2);
  private static final int BATCH = 4;

  static IntStream seeds() {
    return IntStream.range(0, 100);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void randomGraphEqualsStockDeeplearning4j(int seed) {
    check(seed);
  }

  static IntStream moreSeeds() {
    return IntStream.range(100, 1000);
  }

  @Tag("slow")
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("moreSeeds")
  void furtherRandomGraphEqualsStockDeeplearning4j(int seed) {
    check(seed);
  }

  private static void check(int seed) {
    ComputationGraph network = Samples.network(new Wiring(seed).configuration(), seed);
    DataSet batch = Samples.batch(seed, Samples.CLASSES, BATCH, 3, 9, 8);
    try {
      Oracle.inference(network, TOLERANCE, batch.getFeatures());
      Oracle.training(network, TOLERANCE, batch);
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError(network.summary(), e);
    }
  }

  /** A vertex that later ones may read. */
  private record Image(String name, int channels, int height, int width) {
    boolean fits(Image other) {
      return height == other.height && width == other.width;
    }
  }

  /**
   * A generator of graphs in which every vertex reads earlier ones; vertices that nothing reads are
   * pooled and merged at the end.
   */
  private static final class Wiring {
    private final SplittableRandom random;
    private final GraphBuilder graph = Samples.graph();
    private final List<Image> images = new ArrayList<>();
    private final List<String> unread = new ArrayList<>();

    /**
     * The unit of channels: every second graph has multiples of 16 everywhere, which use blocked
     * layouts.
     */
    private final int unit;

    Wiring(int seed) {
      random = new SplittableRandom(seed);
      unit = seed % 2 == 0 ? 2 : 16;
    }

    ComputationGraphConfiguration configuration() {
      graph.addInputs("in").setInputTypes(InputType.convolutional(9, 8, 3));
      images.add(new Image("in", 3, 9, 8));
      if (unit > 2) {
        ConvolutionLayer stem =
            new ConvolutionLayer.Builder(3, 3)
                .nOut(unit)
                .convolutionMode(ConvolutionMode.Same)
                .build();
        layer("stem", stem, images.get(0), new Image("stem", unit, 9, 8));
        images.remove(0);
      }
      int vertices = 4 + random.nextInt(12);
      for (int i = 0; i < vertices; i++) {
        add("v" + i);
      }
      List<String> pooled = new ArrayList<>();
      for (String name : unread) {
        graph.addLayer(
            name + ".pool",
            new GlobalPoolingLayer.Builder(
                    random.nextInt(4) == 0 ? PoolingType.MAX : PoolingType.AVG)
                .build(),
            name);
        pooled.add(name + ".pool");
      }
      String last = pooled.get(0);
      if (pooled.size() > 1) {
        graph.addVertex("merge", new MergeVertex(), pooled.toArray(new String[0]));
        last = "merge";
      }
      return graph.addLayer("head", Samples.head(), last).setOutputs("head").build();
    }

    private void add(String name) {
      // Late vertices are chosen more often than early ones, as in real networks.
      Image in = images.get(Math.max(random.nextInt(images.size()), random.nextInt(images.size())));
      switch (random.nextInt(10)) {
        case 0, 1, 2 -> convolution(name, in);
        case 3 ->
            layer(
                name,
                new BatchNormalization.Builder()
                    .useLogStd(random.nextBoolean())
                    .lockGammaBeta(random.nextInt(5) == 0)
                    .build(),
                in,
                in);
        case 4 -> activation(name, in);
        case 5 -> pool(name, in);
        case 6 -> {
          int top = random.nextInt(3);
          int left = random.nextInt(3);
          layer(
              name,
              new ZeroPaddingLayer(top, 1, left, 0),
              in,
              new Image(name, in.channels, in.height + top + 1, in.width + left));
        }
        case 7 -> attention(name, in);
        default -> sumOrMerge(name, in);
      }
    }

    private void activation(String name, Image in) {
      if (in.name.equals("in")) {
        // Stock Deeplearning4j overwrites the network's input with the activation before others
        // read it.
        scale(name, in);
      } else {
        layer(name, new ActivationLayer(smooth()), in, in);
      }
    }

    private void scale(String name, Image in) {
      graph.addVertex(name, new ScaleVertex(0.5 + random.nextDouble()), in.name);
      made(new Image(name, in.channels, in.height, in.width), in);
    }

    /** Scales channels by the output of a dense layer on the means of another image. */
    private void attention(String name, Image in) {
      Image other = images.get(random.nextInt(images.size()));
      graph.addLayer(name + ".mean", new GlobalPoolingLayer.Builder().build(), other.name);
      graph.addLayer(
          name + ".factors",
          new DenseLayer.Builder().nOut(in.channels).activation(smooth()).build(),
          name + ".mean");
      graph.addVertex(name, new ScaleChannelsVertex(), in.name, name + ".factors");
      made(new Image(name, in.channels, in.height, in.width), in, other);
    }

    private Activation smooth() {
      return random.nextBoolean() ? Activation.TANH : Activation.SIGMOID;
    }

    private void convolution(String name, Image in) {
      int kernel = 1 + random.nextInt(4);
      int stride = 1 + random.nextInt(2);
      boolean same = random.nextBoolean();
      int padding = same ? 0 : random.nextInt(kernel);
      int outputs = unit * (1 + random.nextInt(unit > 2 ? 2 : 4));
      ConvolutionLayer.Builder layer =
          new ConvolutionLayer.Builder(kernel, kernel)
              .nOut(outputs)
              .stride(stride, stride)
              .hasBias(random.nextBoolean())
              .activation(random.nextInt(4) == 0 ? smooth() : Activation.IDENTITY);
      if (same) {
        layer.convolutionMode(ConvolutionMode.Same);
      } else {
        layer.padding(padding, padding);
      }
      Layer built =
          in.channels % 2 == 0 && random.nextInt(3) == 0
              ? new GroupedConvolutionLayer(layer, 2)
              : layer.build();
      windowed(name, built, in, outputs, kernel, stride, same, padding);
    }

    private void pool(String name, Image in) {
      int kernel = 2 + random.nextInt(2);
      int stride = 1 + random.nextInt(2);
      boolean same = random.nextBoolean();
      int padding = same ? 0 : random.nextInt(2);
      SubsamplingLayer.Builder layer =
          new SubsamplingLayer.Builder(
                  random.nextBoolean()
                      ? SubsamplingLayer.PoolingType.MAX
                      : SubsamplingLayer.PoolingType.AVG,
                  new int[] {kernel, kernel})
              .stride(stride, stride);
      if (same) {
        layer.convolutionMode(ConvolutionMode.Same);
      } else {
        layer.padding(padding, padding);
      }
      windowed(name, layer.build(), in, in.channels, kernel, stride, same, padding);
    }

    private void windowed(
        String name,
        Layer layer,
        Image in,
        int channels,
        int kernel,
        int stride,
        boolean same,
        int padding) {
      int height = outputs(in.height, kernel, stride, same, padding);
      int width = outputs(in.width, kernel, stride, same, padding);
      // The gradient of a norm of very few values is a rounding error.
      if (height >= 3 && width >= 3) {
        layer(name, layer, in, new Image(name, channels, height, width));
      } else {
        activation(name, in);
      }
    }

    private static int outputs(int size, int kernel, int stride, boolean same, int padding) {
      return same ? (size + stride - 1) / stride : (size + 2 * padding - kernel) / stride + 1;
    }

    private void sumOrMerge(String name, Image in) {
      List<Image> fitting = images.stream().filter(in::fits).toList();
      Image other = fitting.get(random.nextInt(fitting.size()));
      if (random.nextInt(8) == 0) {
        scale(name, in);
      } else if (in.channels == other.channels && random.nextInt(5) > 0) {
        graph.addVertex(name, new ElementWiseVertex(ElementWiseVertex.Op.Add), in.name, other.name);
        made(new Image(name, in.channels, in.height, in.width), in, other);
      } else if (in.channels + other.channels <= 20 * Math.min(unit, 4)) {
        graph.addVertex(name, new MergeVertex(), in.name, other.name);
        made(new Image(name, in.channels + other.channels, in.height, in.width), in, other);
      } else {
        activation(name, in);
      }
    }

    private void layer(String name, Layer layer, Image in, Image shape) {
      graph.addLayer(name, layer, in.name);
      made(new Image(name, shape.channels, shape.height, shape.width), in);
    }

    private void made(Image image, Image... read) {
      images.add(image);
      unread.add(image.name);
      for (Image one : read) {
        unread.remove(one.name);
      }
    }
  }
}
