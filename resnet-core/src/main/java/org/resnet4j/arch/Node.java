package org.resnet4j.arch;

import java.util.List;

/** One layer of a {@link Plan}: where it stands, what it reads, what comes out, what it costs. */
public sealed interface Node {
  /** Position and name. */
  LayerPath path();

  /** Names of the nodes it reads, in order. */
  List<LayerPath> inputs();

  /** Shape of one example of its output. */
  Shape output();

  /** Trainable parameters. */
  default long parameterCount() {
    return 0;
  }

  /**
   * Multiply-accumulates for one example; convolutions and dense layers count, as in torchvision.
   */
  default long macs() {
    return 0;
  }

  /** Calls the method that belongs to this kind of node. */
  <R> R accept(Visitor<R> visitor);

  /** One method a kind of node. */
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

  /** The images. */
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
   * Square convolution with equal padding on all sides.
   *
   * @param groups equal parts of the channels, each of which sees its own part of the input alone;
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
   * Batch normalisation; scale and shift are trainable.
   *
   * @param initialScale what the scale of every channel starts with
   */
  record Norm(LayerPath path, LayerPath input, Shape output, double initialScale) implements Node {
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

  /** Rectified linear unit. */
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

  /** 1 / (1 + exp(−x)). */
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

  /** Window of a {@link Pool}. */
  enum PoolKind {
    /** Greatest value of the window; with kernel 1 it subsamples. */
    MAX,
    /** Mean of those values of the window that lie in the image. */
    AVERAGE
  }

  /** Pooling over a square window; an average window may hang over at the lower and right edge. */
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

  /** Mean over all positions: {@code [C, H, W]} to {@code [C]}. */
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

  /** Zero channels before and after those of the input. */
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

  /** {@code edge} rows and columns of zeros on every side. */
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

  /** Sum of a residual branch and its shortcut, which have one shape. */
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

  /** Every channel of {@code image} times the one value that {@code factors} has for it. */
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

  /** What a {@link Dense} layer is. */
  enum DenseKind {
    /** Sums and nothing else. */
    LINEAR,
    /**
     * A 1×1 convolution of a single pixel, and stored as one in the files of other frameworks:
     * weights {@code [out, in, 1, 1]}.
     */
    POINTWISE,
    /** The classifier: softmax and cross-entropy follow. */
    CLASSIFIER
  }

  /** Fully connected layer with bias. */
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

  /** Sets values to zero while training, with probability {@code rate}. */
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
