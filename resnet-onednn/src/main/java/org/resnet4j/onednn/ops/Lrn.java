package org.resnet4j.onednn.ops;

import java.util.Arrays;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.resnet4j.onednn.conv.ConvKernels;
import org.resnet4j.onednn.conv.ConvShape;
import org.resnet4j.onednn.conv.Purpose;
import org.resnet4j.onednn.exec.Argument;
import org.resnet4j.onednn.exec.Buffer;
import org.resnet4j.onednn.exec.EmitContext;
import org.resnet4j.onednn.exec.InferenceContext;
import org.resnet4j.onednn.exec.Memory;
import org.resnet4j.onednn.exec.OneDnnLibrary;
import org.resnet4j.onednn.exec.TrainingContext;
import org.resnet4j.onednn.exec.UnaryOp;
import org.resnet4j.onednn.ir.FilterOrder;
import org.resnet4j.onednn.ir.Nonlinearity;
import org.resnet4j.onednn.ir.Shapes;
import org.resnet4j.onednn.ir.Value;
import org.resnet4j.onednn.ir.Window;
import org.resnet4j.onednn.read.LayerReading;

/**
 * A local response normalisation across channels: {@code x · (k + alpha · s)^-beta}, where s is the
 * sum of squares of {@code size} neighbouring channels.
 */
public record Lrn(
    String layer, Value input, Value output, long size, double k, double alpha, double beta)
    implements UnaryOp {
  /** Checks the shapes. */
  public Lrn {
    Shapes.equal(layer, input, output);
    if (input.rank() != 4 || size < 1 || size % 2 == 0) {
      throw Shapes.refused(
          layer, "a local response normalisation over " + size + " channels of " + input);
    }
  }

  static Value read(LocalResponseNormalization configuration, Value in, LayerReading from) {
    from.expectImages(in, configuration.getDataFormat());
    int half = (int) configuration.getN() / 2;
    if (half < 0 || half >= in.size(1)) {
      throw from.mismatch(
          "expected n of 0 to "
              + (2 * in.size(1) - 1)
              + ", less than twice the channels, but n is "
              + configuration.getN()
              + " and its input is "
              + in);
    }
    return from.add(
        new Lrn(
            from.name(),
            in,
            new Value(from.name(), in.shape()),
            2L * half + 1,
            configuration.getK(),
            configuration.getAlpha(),
            configuration.getBeta()));
  }

  @Override
  public boolean isFastInBlocks(EmitContext blocked, boolean training, boolean wantsGradient) {
    return training || !OneDnnLibrary.isReference(descriptor(blocked));
  }

  @Override
  public Runnable infer(InferenceContext to) {
    return () ->
        to.assembly.execute(
            layer,
            "forward",
            descriptor(to),
            Argument.source(to.at(input)),
            Argument.destination(to.make(output)));
  }

  private dnnl_primitive_desc descriptor(EmitContext to) {
    dnnl_memory_desc data = to.layout(input);
    return to.assembly.describe(
        layer + ": local response normalisation",
        (made, engine) ->
            dnnl.dnnl_lrn_forward_primitive_desc_create(
                made,
                engine,
                dnnl.dnnl_forward_inference,
                dnnl.dnnl_lrn_across_channels,
                data,
                data,
                size,
                (float) (alpha * size), // oneDNN divides it by the size
                (float) beta,
                (float) k,
                to.assembly.attributes()));
  }

  /**
   * Emits the normalisation in parts. oneDNN's backward pass is the derivative; Deeplearning4j
   * divides by the scale of a channel after the sum over its neighbours instead of before.
   */
  @Override
  public Runnable forward(TrainingContext to) {
    Buffer image = to.at(input);
    Buffer squares = like(image, to);
    to.product(layer, "forward", image, image, squares);
    Buffer scale = sums("forward", squares, to);
    linear("forward", scale, alpha, k, to);
    Buffer power = like(image, to);
    to.elementwise(layer, "forward", dnnl.dnnl_eltwise_pow, 1, -beta, scale, power);
    Buffer out = to.make(output);
    to.product(layer, "forward", image, power, out);
    return to.backward(
        output,
        layer,
        gradient -> {
          Buffer ofNeighbours = like(image, to);
          to.product(layer, "backward", out, gradient.buffer(), ofNeighbours);
          Buffer sum = sums("backward", ofNeighbours, to);
          linear("backward", sum, 2 * alpha * beta, 0, to);
          binary(dnnl.dnnl_binary_mul, sum, image, to);
          binary(dnnl.dnnl_binary_div, sum, scale, to);
          Buffer into = like(image, to);
          to.product(layer, "backward", gradient.buffer(), power, into);
          binary(dnnl.dnnl_binary_sub, into, sum, to);
          to.addGradient(input, into, true);
        });
  }

  private Buffer like(Buffer image, TrainingContext to) {
    return to.assembly.planned(layer, image.layout);
  }

  private void linear(String work, Buffer values, double factor, double shift, TrainingContext to) {
    to.elementwise(layer, work, dnnl.dnnl_eltwise_linear, factor, shift, values, values);
  }

  private void binary(int algorithm, Buffer left, Buffer right, TrainingContext to) {
    to.assembly.execute(
        layer,
        "backward",
        to.descriptors.binary(layer, algorithm, left.layout, Nonlinearity.IDENTITY),
        Argument.source(left),
        Argument.secondSource(right),
        Argument.destination(left));
  }

  /** Returns the sums over neighbouring channels: a 1×1 convolution with a band of ones. */
  private Buffer sums(String work, Buffer image, TrainingContext to) {
    Value from = new Value(layer, input.shape());
    Value sum = new Value(layer, input.shape());
    to.place(from, image);
    long channels = input.size(1);
    long[] one = {1, 1};
    ConvShape shape =
        new ConvShape(
            layer,
            from,
            sum,
            new Window(one, one, one, new long[2], new long[2]),
            new long[] {channels, channels, 1, 1},
            FilterOrder.OUTPUTS_FIRST,
            Nonlinearity.IDENTITY);
    Buffer weights = to.assembly.planned(layer, shape.plainWeights(to));
    to.assembly.act(
        layer,
        work + " band",
        () -> Memory.write(band((int) channels), weights.address()),
        weights);
    ConvKernels.first(shape, Purpose.FORWARD, to).forward(shape, weights, null, to);
    return to.at(sum);
  }

  private float[] band(int channels) {
    float[] ones = new float[channels * channels];
    long half = size / 2;
    for (int row = 0; row < channels; row++) {
      int first = (int) Math.max(0, row - half);
      int last = (int) Math.min(channels - 1, row + half);
      Arrays.fill(ones, row * channels + first, row * channels + last + 1, 1);
    }
    return ones;
  }
}
