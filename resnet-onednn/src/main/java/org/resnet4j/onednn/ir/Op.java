package org.resnet4j.onednn.ir;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An operation of a program; {@link #layer()} is the vertex it comes from. */
public sealed interface Op {
  String layer();

  List<Value> inputs();

  Value output();

  void accept(Visitor visitor);

  /** An operation that reads one value. */
  sealed interface Unary extends Op {
    Value input();

    @Override
    default List<Value> inputs() {
      return List.of(input());
    }
  }

  /** A visitor with one method for each kind of operation. */
  interface Visitor {
    void conv(Conv op);

    void dense(Dense op);

    void batchNorm(BatchNorm op);

    void activate(Activate op);

    void add(Add op);

    void pool(Pool op);

    void pad(Pad op);

    void concat(Concat op);

    void scale(Scale op);

    void scaleChannels(ScaleChannels op);

    void reshape(Reshape op);

    void dropout(Dropout op);
  }

  /**
   * The operations fused into a convolution, dense layer or scaling of channels, in this order.
   *
   * @param norm folded into weights and bias
   * @param addend added to the result, which overwrites it
   * @param activation applied last
   */
  record Fused(@Nullable BatchNorm norm, @Nullable Value addend, Nonlinearity activation) {
    public static final Fused NOTHING = new Fused(null, null, Nonlinearity.IDENTITY);

    private List<Value> inputs(Value... own) {
      return Stream.concat(Stream.of(own), Stream.ofNullable(addend)).toList();
    }

    public boolean isNothing() {
      return equals(NOTHING);
    }
  }

  /** A convolution with weights {@code [out, in / groups, kH, kW]}. */
  record Conv(
      String layer,
      Value input,
      Value output,
      Window window,
      Parameter weights,
      @Nullable Parameter bias,
      Fused fused)
      implements Op {
    public Conv {
      Shapes.conv(layer, input, output, window, weights, bias, fused);
    }

    /** Returns the number of groups: equal parts of the channels, each computed separately. */
    public long groups() {
      return input.size(1) / weights.value().size(1);
    }

    /**
     * Returns the shape of the weights: {@code [out, in, kH, kW]}, or with several groups {@code
     * [groups, out / groups, in / groups, kH, kW]}. The bytes are the same.
     */
    public long[] weightShape() {
      long[] shape = weights.value().shape();
      long groups = groups();
      return groups == 1
          ? shape
          : new long[] {groups, shape[0] / groups, shape[1], shape[2], shape[3]};
    }

    @Override
    public List<Value> inputs() {
      return fused.inputs(input);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.conv(this);
    }
  }

  /**
   * A dense layer from {@code [N, in]} to {@code [N, out]}. The weights' memory is {@code [out,
   * in]}, which Deeplearning4j sees as [in, out] in f order.
   */
  record Dense(
      String layer,
      Value input,
      Value output,
      Parameter weights,
      @Nullable Parameter bias,
      Fused fused)
      implements Op {
    public Dense {
      Shapes.dense(layer, input, output, weights, bias, fused);
    }

    @Override
    public List<Value> inputs() {
      return fused.inputs(input);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.dense(this);
    }
  }

  /**
   * A batch normalisation over all axes but 1.
   *
   * @param gamma null for ones
   * @param beta null for zeros
   * @param logDeviation whether {@code variance} holds log10 of the std
   * @param frozen whether training, too, uses the running statistics
   */
  record BatchNorm(
      String layer,
      Value input,
      Value output,
      @Nullable Parameter gamma,
      @Nullable Parameter beta,
      Parameter mean,
      Parameter variance,
      boolean logDeviation,
      double epsilon,
      double decay,
      boolean frozen,
      Nonlinearity activation)
      implements Unary {
    public BatchNorm {
      Shapes.batchNorm(layer, input, output, gamma, beta, mean, variance);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.batchNorm(this);
    }
  }

  /** An activation that is not fused. */
  record Activate(String layer, Value input, Value output, Nonlinearity activation)
      implements Unary {
    public Activate {
      Shapes.equal(layer, input, output);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.activate(this);
    }
  }

  /** The sum of two values of one shape, then an activation. */
  record Add(String layer, Value left, Value right, Value output, Nonlinearity activation)
      implements Op {
    public Add {
      Shapes.equal(layer, left, right);
      Shapes.equal(layer, left, output);
    }

    @Override
    public List<Value> inputs() {
      return List.of(left, right);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.add(this);
    }
  }

  /** The reduction of a window to one number. */
  enum Pooling {
    MAXIMUM,
    AVERAGE,
    /** The mean of a window in which padding counts as zeros. */
    AVERAGE_WITH_PADDING
  }

  /** A pooling; the output may be {@code [N, C]} if one pixel is left. */
  record Pool(String layer, Value input, Value output, Window window, Pooling kind)
      implements Unary {
    public Pool {
      Shapes.pool(layer, input, output, window);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.pool(this);
    }
  }

  /**
   * A zero padding of {@code [N, C, H, W]}.
   *
   * @param before number of zeros before the input along each axis
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Pad(String layer, Value input, Value output, long[] before) implements Unary {
    public Pad {
      Shapes.pad(layer, input, output, before);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.pad(this);
    }
  }

  /** A concatenation along {@code axis}: 1 of vectors; 1, 2 or 3 of images. */
  record Concat(String layer, List<Value> inputs, int axis, Value output) implements Op {
    public Concat {
      inputs = List.copyOf(inputs);
      Shapes.concat(layer, inputs, axis, output);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.concat(this);
    }
  }

  /** A multiplication by a constant. */
  record Scale(String layer, Value input, Value output, double factor) implements Unary {
    public Scale {
      Shapes.equal(layer, input, output);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.scale(this);
    }
  }

  /**
   * A multiplication of every channel of images {@code [N, C, H, W]} by its factor in {@code
   * factors [N, C]}.
   */
  record ScaleChannels(String layer, Value input, Value factors, Value output, Fused fused)
      implements Op {
    public ScaleChannels {
      Shapes.scaleChannels(layer, input, factors, output, fused);
    }

    @Override
    public List<Value> inputs() {
      return fused.inputs(input, factors);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.scaleChannels(this);
    }
  }

  /**
   * A reshape of {@code [N, C, H, W]} to {@code [N, C·H·W]} in the order of channels, rows,
   * columns, or back.
   */
  record Reshape(String layer, Value input, Value output) implements Unary {
    public Reshape {
      Shapes.reshape(layer, input, output);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.reshape(this);
    }
  }

  /**
   * A dropout, which keeps a value with probability {@code keep} and divides it by {@code keep};
   * training only.
   */
  record Dropout(String layer, Value input, Value output, double keep) implements Unary {
    public Dropout {
      Shapes.dropout(layer, input, output, keep);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.dropout(this);
    }
  }
}
