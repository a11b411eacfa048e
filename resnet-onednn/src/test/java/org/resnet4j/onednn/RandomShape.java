package org.resnet4j.onednn;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.nd4j.linalg.activations.Activation;
import org.resnet4j.graph.GroupedConvolutionLayer;
import org.resnet4j.graph.ScaleChannelsVertex;

/**
 * A single operation of a random shape: small images, windows larger than them, padding larger than
 * windows, any number of channels.
 */
final class RandomShape extends RandomChain {
  private static final int[] CHANNELS = {
    1, 2, 3, 4, 5, 7, 8, 8, 9, 12, 15, 16, 16, 16, 17, 24, 31, 32, 32, 33, 48, 64, 64, 65, 96, 128
  };

  /** Every so many shapes, one is for Winograd's transforms. */
  private static final int TILED = 4;

  /** The largest number of values in an image for Winograd's transforms, which need many pixels. */
  private static final int MOST_TILED = 16_000;

  /** The largest number of values in an image; more would only take time. */
  static final int MOST = 6000;

  private RandomShape(SplittableRandom random, int batch, int channels, int height, int width) {
    super(random, batch, channels, height, width);
  }

  /** Returns shape number {@code index} of those that follow from {@code seed}. */
  static RandomShape of(long seed, int index) {
    for (long attempt = 0; ; attempt++) {
      SplittableRandom random =
          new SplittableRandom(seed * 1_000_003 + index * 31L + attempt * 7_368_787);
      if (index % TILED == 0) {
        return tiled(random);
      }
      int side = random.nextInt(3) == 0 ? 20 : 9;
      RandomShape shape =
          new RandomShape(
              random,
              1 + random.nextInt(4),
              CHANNELS[random.nextInt(CHANNELS.length)],
              random.nextInt(6) == 0 ? 1 : 1 + random.nextInt(side),
              random.nextInt(6) == 0 ? 1 : 1 + random.nextInt(side));
      if (shape.channels * shape.height * shape.width <= MOST && shape.build()) {
        return shape;
      }
    }
  }

  /** Returns a 3×3 convolution that JIT kernels compute if it is large enough. */
  private static RandomShape tiled(SplittableRandom random) {
    int channels = panels(random);
    int height = 1 + random.nextInt(34);
    int width = Math.min(1 + random.nextInt(40), MOST_TILED / channels / height);
    RandomShape shape =
        new RandomShape(random, 1 + random.nextInt(6), channels, height, Math.max(1, width));
    shape
        .graph
        .addInputs("in")
        .setInputTypes(InputType.convolutional(height, shape.width, channels));
    shape.add("stem", conv(1).nOut(channels).build());
    int out = panels(random);
    ConvolutionLayer.Builder builder = conv(3).padding(1, 1).nOut(out);
    builder.hasBias(random.nextInt(3) > 0).activation(shape.activation());
    String from = shape.last;
    shape.add("conv", builder.build());
    shape.text.append(" tiled to ").append(out).append(builder.getActivationFn());
    if (random.nextInt(4) == 0) {
      shape.norm();
    }
    if (random.nextInt(3) == 0) {
      String right = shape.last;
      shape.last = from;
      shape.add("left", conv(1).nOut(out).build());
      shape.graph.addVertex(
          "sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), shape.last, right);
      shape.last = "sum";
      shape.add("activation", new ActivationLayer(shape.activation()));
    }
    shape.head();
    return shape;
  }

  private static int panels(SplittableRandom random) {
    return 16 * (1 + random.nextInt(5));
  }

  /** Returns whether a graph was built, because windows may not fit. */
  private boolean build() {
    graph.addInputs("in").setInputTypes(InputType.convolutional(height, width, channels));
    if (random.nextInt(3) > 0) {
      add("stem", conv(1).nOut(channels).build());
    }
    boolean fits =
        switch (random.nextInt(16)) {
          case 0, 1, 2 -> pool();
          case 3, 4 -> sum();
          case 5 -> merge();
          case 6 -> dense();
          case 7 -> attention();
          default -> convolution();
        };
    if (fits) {
      head();
    }
    return fits;
  }

  private int outputs() {
    return CHANNELS[random.nextInt(CHANNELS.length)];
  }

  private boolean convolution() {
    int[] around = new int[4];
    if (random.nextInt(4) == 0) {
      for (int i = 0; i < 4; i++) {
        around[i] = random.nextInt(4);
      }
      add("zeros", new ZeroPaddingLayer.Builder(around).build());
      text.append(Arrays.toString(around));
    }
    RandomWindow window =
        RandomWindow.of(
            random, height + around[0] + around[1], width + around[2] + around[3], true);
    int out = outputs();
    if (!window.fits(out)) {
      return false;
    }
    int groups = groups(out);
    out = groups > 1 && out % groups != 0 ? groups * (1 + random.nextInt(3)) : out;
    ConvolutionLayer.Builder builder =
        new ConvolutionLayer.Builder(window.kernel()).nOut(out).stride(window.stride());
    builder.dilation(window.dilation()).hasBias(random.nextInt(3) > 0).activation(activation());
    if (window.same()) {
      builder.convolutionMode(ConvolutionMode.Same);
    } else {
      builder.padding(window.padding());
    }
    add("conv", groups > 1 ? new GroupedConvolutionLayer(builder, groups) : builder.build());
    text.append(" to ").append(out).append(" groups ").append(groups).append(' ').append(window);
    text.append(' ').append(builder.getActivationFn()).append(" bias ").append(builder.isHasBias());
    if (random.nextInt(6) == 0) {
      norm();
    }
    return window.outputs(out) <= MOST;
  }

  private int groups(int out) {
    int wanted = new int[] {1, 1, 1, 1, 2, 4, 8, channels}[random.nextInt(8)];
    return channels % wanted == 0 && (out % wanted == 0 || wanted <= 64) ? wanted : 1;
  }

  private boolean pool() {
    if (random.nextInt(5) == 0) {
      PoolingType type = random.nextBoolean() ? PoolingType.AVG : PoolingType.MAX;
      add("global", new GlobalPoolingLayer(type));
      text.append(' ').append(type);
      return true;
    }
    RandomWindow window = RandomWindow.of(random, height, width, false);
    if (!window.fits(channels)) {
      return false;
    }
    boolean maximum = random.nextBoolean();
    SubsamplingLayer.Builder builder =
        new SubsamplingLayer.Builder(
                maximum ? SubsamplingLayer.PoolingType.MAX : SubsamplingLayer.PoolingType.AVG,
                window.kernel())
            .stride(window.stride());
    boolean counted = random.nextBoolean();
    builder.avgPoolIncludePadInDivisor(counted);
    if (window.same()) {
      builder.convolutionMode(ConvolutionMode.Same);
    } else {
      builder.padding(window.padding());
    }
    add("pool", builder.build());
    text.append(maximum ? " max " : counted ? " avg with padding " : " avg ").append(window);
    return true;
  }

  /** Adds a sum that the second convolution writes over the first one's result. */
  private boolean sum() {
    int out = outputs();
    String from = last;
    int kernel = 1 + 2 * random.nextInt(3);
    add("left", conv(1).nOut(out).build());
    String left = last;
    last = from;
    add("right", conv(kernel).convolutionMode(ConvolutionMode.Same).nOut(out).build());
    if (random.nextBoolean()) {
      norm();
    }
    graph.addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), left, last);
    last = "sum";
    Activation activation = activation();
    add("activation", new ActivationLayer(activation));
    text.append(" sum of ").append(out).append(" kernel ").append(kernel).append(activation);
    return out * height * width <= MOST;
  }

  private boolean merge() {
    int first = outputs();
    int second = outputs();
    String from = last;
    add("first", conv(1).nOut(first).activation(activation()).build());
    String left = last;
    last = from;
    add("second", conv(3).convolutionMode(ConvolutionMode.Same).nOut(second).build());
    graph.addVertex("merge", new MergeVertex(), left, last, from);
    last = "merge";
    text.append(" merge of ").append(first).append(" and ").append(second);
    return (first + second) * height * width <= MOST;
  }

  private boolean dense() {
    int out = 1 + random.nextInt(random.nextInt(3) == 0 ? 1100 : 70);
    boolean bias = random.nextBoolean();
    add("dense", new DenseLayer.Builder().nOut(out).hasBias(bias).activation(activation()).build());
    text.append(' ').append(out).append(" bias ").append(bias);
    return out * channels * height * width <= 200_000;
  }

  /** Adds squeeze-and-excitation. */
  private boolean attention() {
    String from = last;
    add("mean", new GlobalPoolingLayer(PoolingType.AVG));
    Activation sigmoid = Activation.SIGMOID;
    add("factors", new DenseLayer.Builder().nOut(channels).activation(sigmoid).build());
    graph.addVertex("gate", new ScaleChannelsVertex(), from, last);
    last = "gate";
    return !from.equals("in");
  }
}
