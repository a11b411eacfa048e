package org.resnet4j.onednn.ir;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One computation; {@link #layer()} is the vertex it comes from. */
public sealed interface Op {
  String layer();

  List<Value> inputs();

  Value output();

  void accept(Visitor visitor);

  /** A computation that reads one value. */
  sealed interface Unary extends Op {
    Value input();

    @Override
    default List<Value> inputs() {
      return List.of(input());
    }
  }

  /** One method a kind. */
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
   * What follows a convolution, matrix product or scaling of channels in the same primitive, in
   * this order.
   *
   * @param norm folded into weights and bias
   * @param addend added to the result, which takes its place in memory
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

  /** Weights are {@code [out, in / groups, kH, kW]}. */
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

    /** Equal parts of the channels; outputs of one see inputs of the same alone. */
    public long groups() {
      return input.size(1) / weights.value().size(1);
    }

    /**
     * Of the weights: {@code [out, in, kH, kW]}, or, when there are several groups, {@code [groups,
     * out / groups, in / groups, kH, kW]}; the bytes are the same.
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
   * {@code [N, in]} to {@code [N, out]}; the weights' memory is {@code [out, in]}, which
   * Deeplearning4j sees as [in, out] in f order.
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
   * Batch normalisation over all axes but 1.
   *
   * @param gamma null for ones, as is beta for zeros
   * @param logDeviation {@code variance} holds log10 of the standard deviation
   * @param frozen the running statistics are used, in training too
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

  /** An activation of its own. */
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

  /** How a window becomes one number. */
  enum Pooling {
    MAXIMUM,
    AVERAGE,
    /** Padding counts as zeros. */
    AVERAGE_WITH_PADDING
  }

  /** Pooling; the output may be {@code [N, C]} when one pixel is left. */
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
   * Zeros around {@code [N, C, H, W]}: {@code before} is where the input begins, along each axis.
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

  /** Values side by side along {@code axis}: 1 of vectors; 1, 2 or 3 of images. */
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

  /** Times a constant. */
  record Scale(String layer, Value input, Value output, double factor) implements Unary {
    public Scale {
      Shapes.equal(layer, input, output);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.scale(this);
    }
  }

  /** Every channel of images {@code [N, C, H, W]} times what {@code factors [N, C]} has for it. */
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
   * {@code [N, C, H, W]} to {@code [N, C·H·W]} in the order of channels, rows, columns, or back.
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

  /** Keeps a value with probability {@code keep}, then divides by it; training only. */
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
