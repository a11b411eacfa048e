package org.resnet4j.arch;

import java.util.List;

/** A layer of a {@link Plan}: its position, inputs, output shape and cost. */
public sealed interface Node {
  /** Returns the position, from which names are derived. */
  LayerPath path();

  /** Returns the positions of the nodes that this one reads, in order. */
  List<LayerPath> inputs();

  /** Returns the shape of one example of the output. */
  Shape output();

  /** Returns the number of trainable parameters. */
  default long parameterCount() {
    return 0;
  }

  /**
   * Returns the number of values in Deeplearning4j's parameters: the trainable ones, and what batch
   * norms keep.
   */
  default long storedCount() {
    return parameterCount();
  }

  /**
   * Returns the multiply-accumulates for one example. Only convolutions and dense layers count, as
   * in torchvision.
   */
  default long macs() {
    return 0;
  }

  /** Calls the method that belongs to this kind of node. */
  <R> R accept(Visitor<R> visitor);

  /** A layer that reads one other. */
  sealed interface Unary extends Node {
    /** Returns the position of the node that this one reads. */
    LayerPath input();

    @Override
    default List<LayerPath> inputs() {
      return List.of(input());
    }
  }

  /** A visitor with one method for each kind of node. */
  interface Visitor<R> {
    R input(Input node);

    R conv(Conv node);

    R norm(Norm node);

    R activation(Activate node);

    R sigmoid(Sigmoid node);

    R channelConv(ChannelConv node);

    R pool(Pool node);

    R blur(Blur node);

    R globalPool(GlobalPool node);

    R padChannels(PadChannels node);

    R padEdges(PadEdges node);

    R add(Add node);

    R join(Join node);

    R scaleChannels(ScaleChannels node);

    R dense(Dense node);

    R dropout(Dropout node);

    R stochasticDepth(StochasticDepth node);

    R dropBlock(DropBlock node);
  }

  /** The input images. */
  record Input(LayerPath path, Shape output) implements Node {
    @Override
    public List<LayerPath> inputs() {
      return List.of();
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.input(this);
    }
  }

  /**
   * A square convolution with equal padding on all sides.
   *
   * @param groups equal parts of the channels; each reads only its own part of the input, and
   *     weights are {@code [out, in / groups, kernel, kernel]}
   * @param dilation distance of the values that a window reads; 1 for neighbours
   */
  record Conv(
      LayerPath path,
      LayerPath input,
      int inChannels,
      Shape output,
      int kernel,
      int stride,
      int padding,
      int groups,
      int dilation,
      ConvBias bias)
      implements Unary {
    @Override
    public long parameterCount() {
      return weightCount() + (bias == ConvBias.PRESENT ? output.channels() : 0);
    }

    @Override
    public long macs() {
      return weightCount() * output.height() * output.width();
    }

    Conv withBias(ConvBias value) {
      return new Conv(
          path, input, inChannels, output, kernel, stride, padding, groups, dilation, value);
    }

    private long weightCount() {
      return (long) inChannels / groups * output.channels() * kernel * kernel;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.conv(this);
    }
  }

  /**
   * A normalisation with a scale and a shift for each channel.
   *
   * @param initialScale initial scale of every channel
   * @param epsilon value that is added to the variance
   */
  record Norm(
      LayerPath path,
      LayerPath input,
      Shape output,
      double initialScale,
      double epsilon,
      NormOptions options)
      implements Unary {
    @Override
    public long parameterCount() {
      return options.kind() == NormKind.FROZEN ? 0 : 2L * output.channels();
    }

    /** Returns whether the norm has running statistics, as all but group norms have. */
    public boolean hasStatistics() {
      return options.kind() != NormKind.GROUP;
    }

    @Override
    public long storedCount() {
      return (hasStatistics() ? 4L : 2L) * output.channels();
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.norm(this);
    }
  }

  /** The activation function after a norm, at the end of a block or within an attention. */
  record Activate(LayerPath path, LayerPath input, Shape output, Activation function)
      implements Unary {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.activation(this);
    }
  }

  /** A sigmoid, 1 / (1 + exp(−x)), whose output is a vector. */
  record Sigmoid(LayerPath path, LayerPath input, Shape inputShape, Shape output) implements Unary {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.sigmoid(this);
    }
  }

  /**
   * A convolution over neighbouring channels of a vector, without bias. Its weights are {@code [1,
   * 1, kernel]} in other frameworks; its output is one channel of an image {@code [C, 1]}.
   *
   * @param kernel number of channels that it reads, odd
   */
  record ChannelConv(LayerPath path, LayerPath input, Shape output, int kernel) implements Unary {
    @Override
    public long parameterCount() {
      return kernel;
    }

    @Override
    public long macs() {
      return (long) kernel * output.height();
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.channelConv(this);
    }
  }

  /** The kind of a {@link Pool}. */
  enum PoolKind {
    /** The greatest value of the window; with kernel 1 it subsamples. */
    MAX,
    /** The mean of the window's values that are inside the image. */
    AVERAGE,
    /** The mean of the window's values, with zeros outside of the image. */
    AVERAGE_OF_PADDED
  }

  /**
   * A pooling over a square window; an average window may extend beyond the lower and right edges.
   */
  record Pool(
      LayerPath path,
      LayerPath input,
      Shape inputShape,
      Shape output,
      PoolKind kind,
      int kernel,
      int stride,
      int padding)
      implements Unary {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.pool(this);
    }
  }

  /**
   * A smoothing that halves images, rounding up: every output is the sum of 3×3 values with the
   * weights of 1, 2, 1 along each axis, divided by 16. A value beyond an edge is that on the other
   * side of the edge's own value (timm's {@code BlurPool2d}).
   */
  record Blur(LayerPath path, LayerPath input, Shape output) implements Unary {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.blur(this);
    }
  }

  /** The mean or maximum over all positions: {@code [C, H, W]} to {@code [C]}. */
  record GlobalPool(LayerPath path, LayerPath input, Shape output, PoolKind kind) implements Unary {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.globalPool(this);
    }
  }

  /** A padding that adds zero channels before and after those of the input. */
  record PadChannels(LayerPath path, LayerPath input, Shape output, int before, int after)
      implements Unary {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.padChannels(this);
    }
  }

  /** A padding of {@code edge} zero pixels on every side. */
  record PadEdges(LayerPath path, LayerPath input, Shape output, int edge) implements Unary {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.padEdges(this);
    }
  }

  /** The sum of a residual branch and its shortcut, which have the same shape. */
  record Add(LayerPath path, LayerPath branch, LayerPath shortcut, Shape output) implements Node {
    @Override
    public List<LayerPath> inputs() {
      return List.of(branch, shortcut);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.add(this);
    }
  }

  /** The kind of a {@link Join}. */
  enum JoinKind {
    /** The mean of both. */
    MEAN,
    /** The values of the first, then those of the second. */
    CONCATENATION
  }

  /** One vector made of two. */
  record Join(LayerPath path, LayerPath first, LayerPath second, Shape output, JoinKind kind)
      implements Node {
    @Override
    public List<LayerPath> inputs() {
      return List.of(first, second);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.join(this);
    }
  }

  /** The product of every channel of {@code image} and its value in {@code factors}. */
  record ScaleChannels(LayerPath path, LayerPath image, LayerPath factors, Shape output)
      implements Node {
    @Override
    public List<LayerPath> inputs() {
      return List.of(image, factors);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.scaleChannels(this);
    }
  }

  /** The kind of a {@link Dense} layer. */
  enum DenseKind {
    /** A dense layer without activation. */
    LINEAR,
    /**
     * A 1×1 convolution of a single pixel. Other frameworks store its weights as {@code [out, in,
     * 1, 1]}.
     */
    POINTWISE,
    /** The classifier, followed by softmax and cross-entropy. */
    CLASSIFIER
  }

  /** A fully connected layer with bias. */
  record Dense(LayerPath path, LayerPath input, int inFeatures, Shape output, DenseKind kind)
      implements Unary {
    @Override
    public long parameterCount() {
      return (inFeatures + 1L) * output.channels();
    }

    @Override
    public long macs() {
      return (long) inFeatures * output.channels();
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.dense(this);
    }
  }

  /** A layer that sets values to zero while training, with probability {@code rate}. */
  record Dropout(LayerPath path, LayerPath input, Shape output, double rate) implements Unary {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.dropout(this);
    }
  }

  /**
   * A layer that sets a residual branch to zero for some examples while training, each with
   * probability {@code rate}. The others are divided by {@code 1 - rate} (Huang et al., 2016, "Deep
   * Networks with Stochastic Depth"; {@code torchvision.ops.StochasticDepth(rate, "row")}).
   */
  record StochasticDepth(LayerPath path, LayerPath input, Shape output, double rate)
      implements Unary {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.stochasticDepth(this);
    }
  }

  /**
   * A layer that sets squares of {@code size}² values to zero while training, so that a value is
   * dropped with a probability of about {@code rate}, and scales the others so that their mean
   * factor is 1 (Ghiasi et al., 2018, "DropBlock"; {@code torchvision.ops.DropBlock2d}).
   */
  record DropBlock(LayerPath path, LayerPath input, Shape output, double rate, int size)
      implements Unary {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.dropBlock(this);
    }
  }
}
