package org.resnet4j.onednn.ops;

import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.jspecify.annotations.Nullable;
import org.resnet4j.graph.GroupedConvolutionLayer;
import org.resnet4j.onednn.conv.ConvKernels;
import org.resnet4j.onednn.conv.ConvShape;
import org.resnet4j.onednn.conv.PrimitiveKernel;
import org.resnet4j.onednn.conv.Purpose;
import org.resnet4j.onednn.exec.Buffer;
import org.resnet4j.onednn.exec.EmitContext;
import org.resnet4j.onednn.exec.FoldedWeights;
import org.resnet4j.onednn.exec.Gradients;
import org.resnet4j.onednn.exec.ImageLayout;
import org.resnet4j.onednn.exec.InferenceContext;
import org.resnet4j.onednn.exec.Memory;
import org.resnet4j.onednn.exec.TrainingContext;
import org.resnet4j.onednn.exec.WeightGradients;
import org.resnet4j.onednn.ir.FilterOrder;
import org.resnet4j.onednn.ir.Parameter;
import org.resnet4j.onednn.ir.Shapes;
import org.resnet4j.onednn.ir.Value;
import org.resnet4j.onednn.ir.Window;
import org.resnet4j.onednn.read.LayerReading;
import org.resnet4j.onednn.read.WindowReader;

/**
 * A convolution with weights {@code [out, in / groups, kH, kW]}.
 *
 * @param order the order in which {@code weights} has them
 */
public record Conv(
    String layer,
    Value input,
    Value output,
    Window window,
    Parameter weights,
    FilterOrder order,
    @Nullable Parameter bias,
    Fused fused)
    implements Fusable {
  /** Checks the shapes. */
  public Conv {
    fused.check(layer, output);
    Shapes.windowed(layer, input, output, window);
    long[] stored = weights.value().shape();
    long[] shape = stored.length == 4 ? order.shape(stored) : stored;
    long outputs = output.size(1);
    long[] kernel = window.kernel();
    if (shape.length != 4
        || shape[0] != outputs
        || shape[1] < 1
        || input.size(1) % shape[1] != 0
        || outputs % (input.size(1) / shape[1]) != 0
        || shape[2] != kernel[0]
        || shape[3] != kernel[1]) {
      throw Shapes.refused(
          layer,
          "expected weights ["
              + outputs
              + ", a divisor of "
              + input.size(1)
              + ", "
              + kernel[0]
              + ", "
              + kernel[1]
              + "] but their shape is "
              + Arrays.toString(shape));
    }
    Shapes.count(layer, "weights", weights, outputs * shape[1] * shape[2] * shape[3]);
    Shapes.count(layer, "bias", bias, outputs);
  }

  static Value read(ConvolutionLayer configuration, Value in, LayerReading from) {
    from.expectImages(in, configuration.getCnn2dDataFormat());
    from.expectSize("channels", configuration.getNIn(), in);
    Window window = new WindowReader(from.name(), in).conv(configuration);
    Parameter weights = from.parameter("W");
    int groups = configuration instanceof GroupedConvolutionLayer some ? some.groups() : 1;
    if (weights.value().rank() != 4 || weights.value().size(1) * groups != in.size(1)) {
      throw from.mismatch(
          "expected weights for "
              + in.size(1)
              + " channels in "
              + groups
              + " groups but their shape is "
              + Arrays.toString(weights.value().shape()));
    }
    Value out = new Value(from.name(), window.outputShape(in, configuration.getNOut()));
    Parameter bias = configuration.hasBias() ? from.parameter("b") : null;
    from.add(
        new Conv(
            from.name(), in, out, window, weights, FilterOrder.OUTPUTS_FIRST, bias, Fused.NOTHING));
    return Activate.read(configuration.getActivationFn(), out, from);
  }

  static Value read(DepthwiseConvolution2D configuration, Value in, LayerReading from) {
    Parameter bias = configuration.hasBias() ? from.parameter("b") : null;
    Value out = depthwise(configuration, FilterOrder.KERNEL_FIRST, bias, in, from);
    return Activate.read(configuration.getActivationFn(), out, from);
  }

  /** Reads a depthwise convolution and the 1×1 convolution of its result. */
  static Value read(SeparableConvolution2D configuration, Value in, LayerReading from) {
    Value between = depthwise(configuration, FilterOrder.MULTIPLIER_FIRST, null, in, from);
    int[] ones = {1, 1};
    Window window = Window.truncated(ones, ones, ones, new int[2]);
    Value out = new Value(from.name(), window.outputShape(between, configuration.getNOut()));
    from.add(
        new Conv(
            from.name(),
            between,
            out,
            window,
            from.parameter("pW"),
            FilterOrder.OUTPUTS_FIRST,
            configuration.hasBias() ? from.parameter("b") : null,
            Fused.NOTHING));
    return Activate.read(configuration.getActivationFn(), out, from);
  }

  private static Value depthwise(
      ConvolutionLayer configuration,
      FilterOrder order,
      @Nullable Parameter bias,
      Value in,
      LayerReading from) {
    from.expectImages(in, configuration.getCnn2dDataFormat());
    Window window = new WindowReader(from.name(), in).conv(configuration);
    Parameter weights = from.parameter("W");
    long[] stored = weights.value().shape();
    from.expectSize("channels", stored[order == FilterOrder.KERNEL_FIRST ? 2 : 1], in);
    Value out = new Value(from.name(), window.outputShape(in, order.shape(stored)[0]));
    return from.add(new Conv(from.name(), in, out, window, weights, order, bias, Fused.NOTHING));
  }

  @Override
  public List<Value> inputs() {
    return fused.inputs(input);
  }

  @Override
  public Conv with(Fused changed, Value result) {
    return new Conv(layer, input, result, window, weights, order, bias, changed);
  }

  @Override
  public boolean hasWeights() {
    return true;
  }

  /** Returns the number of groups. */
  public long groups() {
    return input.size(1) / weights.value().size(1);
  }

  /** Returns this convolution of a larger or smaller image. */
  public Conv of(Value image, Window wider) {
    return new Conv(layer, image, output, wider, weights, order, bias, fused);
  }

  @Override
  public boolean isTrained() {
    return Gradients.isTrained(weights) || Gradients.isTrained(bias);
  }

  @Override
  public boolean isOutputFree() {
    return true;
  }

  private ConvShape shape() {
    return new ConvShape(
        layer, input, output, window, weights.value().shape(), order, fused.activation());
  }

  @Override
  public boolean fitsBlocks() {
    long groups = shape().groups();
    return ImageLayout.isWhole(output, groups)
        && (groups == 1 || ImageLayout.isWhole(input, groups));
  }

  @Override
  public boolean isFastInBlocks(EmitContext blocked, boolean training, boolean wantsGradient) {
    return PrimitiveKernel.isFast(shape(), blocked, training, wantsGradient);
  }

  @Override
  public Runnable infer(InferenceContext to) {
    return ConvKernels.first(shape(), Purpose.INFERENCE, to)
        .infer(
            shape(),
            () -> new FoldedWeights(weights, order, bias, fused.norm(), (int) output.size(1)),
            fused.addend(),
            to);
  }

  @Override
  public Runnable forward(TrainingContext to) {
    ConvShape shape = shape();
    Buffer offset = bias == null ? null : to.vector(layer, bias.value());
    Buffer plain =
        to.assembly.external(layer, shape.plainWeights(to), Memory.address(weights.value()));
    ConvKernels.first(shape, Purpose.FORWARD, to).forward(shape, plain, offset, to);
    return to.backward(output, layer, out -> backward(out, shape, plain, to));
  }

  private void backward(Gradients.Part out, ConvShape shape, Buffer plain, TrainingContext to) {
    Buffer gradient = out.buffer();
    if (to.wantsGradient(input)) {
      Buffer ofInput =
          ConvKernels.first(shape, Purpose.BACKWARD_DATA, to)
              .backwardData(shape, plain, gradient, to);
      to.addGradient(input, ofInput, true);
    }
    if (isTrained()) {
      Buffer ofBias = new WeightGradients(to, layer).ofBias(bias, output);
      Purpose purpose =
          ofBias == null && Gradients.isTrained(weights)
              ? Purpose.BACKWARD_WEIGHTS
              : Purpose.BACKWARD_WEIGHTS_AND_BIAS;
      ConvKernels.first(shape, purpose, to).backwardWeights(shape, weights, ofBias, gradient, to);
    }
  }
}
