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
   * Returns the multiply-accumulates for one example. Only convolutions and dense layers count, as
   * in torchvision.
   */
  default long macs() {
    return 0;
  }

  /** Calls the method that belongs to this kind of node. */
  <R> R accept(Visitor<R> visitor);

  /** A visitor with one method for each kind of node. */
  interface Visitor<R> {
    R input(Input node);

    R conv(Conv node);

    R norm(Norm node);

    R relu(Relu node);

    R sigmoid(Sigmoid node);

    R pool(Pool node);

    R globalPool(GlobalPool node);

    R padChannels(PadChannels node);

    R padEdges(PadEdges node);

    R add(Add node);

    R scaleChannels(ScaleChannels node);

    R dense(Dense node);

    R dropout(Dropout node);
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
      ConvBias bias)
      implements Node {
    @Override
    public List<LayerPath> inputs() {
      return List.of(input);
    }

    @Override
    public long parameterCount() {
      return weightCount() + (bias == ConvBias.PRESENT ? output.channels() : 0);
    }

    @Override
    public long macs() {
      return weightCount() * output.height() * output.width();
    }

    Conv withBias(ConvBias value) {
      return new Conv(path, input, inChannels, output, kernel, stride, padding, groups, value);
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
   * A batch normalisation with trainable scale and shift.
   *
   * @param initialScale initial scale of every channel
   * @param epsilon value that is added to the variance
   */
  record Norm(LayerPath path, LayerPath input, Shape output, double initialScale, double epsilon)
      implements Node {
    @Override
    public List<LayerPath> inputs() {
      return List.of(input);
    }

    @Override
    public long parameterCount() {
      return 2L * output.channels();
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.norm(this);
    }
  }

  /** A rectified linear unit. */
  record Relu(LayerPath path, LayerPath input, Shape output) implements Node {
    @Override
    public List<LayerPath> inputs() {
      return List.of(input);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.relu(this);
    }
  }

  /** A sigmoid, 1 / (1 + exp(−x)). */
  record Sigmoid(LayerPath path, LayerPath input, Shape output) implements Node {
    @Override
    public List<LayerPath> inputs() {
      return List.of(input);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.sigmoid(this);
    }
  }

  /** The kind of a {@link Pool}. */
  enum PoolKind {
    /** The greatest value of the window; with kernel 1 it subsamples. */
    MAX,
    /** The mean of the window's values that are inside the image. */
    AVERAGE
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
      implements Node {
    @Override
    public List<LayerPath> inputs() {
      return List.of(input);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.pool(this);
    }
  }

  /** The mean over all positions: {@code [C, H, W]} to {@code [C]}. */
  record GlobalPool(LayerPath path, LayerPath input, Shape output) implements Node {
    @Override
    public List<LayerPath> inputs() {
      return List.of(input);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.globalPool(this);
    }
  }

  /** A padding that adds zero channels before and after those of the input. */
  record PadChannels(LayerPath path, LayerPath input, Shape output, int before, int after)
      implements Node {
    @Override
    public List<LayerPath> inputs() {
      return List.of(input);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.padChannels(this);
    }
  }

  /** A padding of {@code edge} zero pixels on every side. */
  record PadEdges(LayerPath path, LayerPath input, Shape output, int edge) implements Node {
    @Override
    public List<LayerPath> inputs() {
      return List.of(input);
    }

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
      implements Node {
    @Override
    public List<LayerPath> inputs() {
      return List.of(input);
    }

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
  record Dropout(LayerPath path, LayerPath input, Shape output, double rate) implements Node {
    @Override
    public List<LayerPath> inputs() {
      return List.of(input);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.dropout(this);
    }
  }
}
