package org.resnet4j.onednn.exec;

import java.util.function.LongSupplier;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.onednn.ir.Nonlinearity;
import org.resnet4j.onednn.ir.Op;
import org.resnet4j.onednn.ir.Value;

/** Emits the forward pass of training, and registers with {@link Backward} what its steps need. */
final class Forward implements Op.Visitor {
  private final Lowering lowering;
  private final Assembly assembly;
  private final Descriptors descriptors;
  private final Backward backward;
  private final LongSupplier seeds;

  Forward(Lowering lowering, Backward backward, LongSupplier seeds) {
    this.lowering = lowering;
    this.backward = backward;
    this.seeds = seeds;
    assembly = lowering.assembly;
    descriptors = lowering.descriptors;
  }

  /** Returns a buffer for a parameter in the network's own memory. */
  private Buffer parameter(String layer, INDArray array, dnnl_memory_desc layout) {
    return assembly.external(layer, layout, Memory.address(array));
  }

  @Override
  public void conv(Op.Conv op) {
    long[] shape = op.weightShape();
    int type = lowering.type(op.input());
    dnnl_memory_desc any = assembly.layout(shape, type, dnnl.dnnl_format_tag_any);
    Buffer bias = op.bias() == null ? null : lowering.vector(op.layer(), op.bias().value());
    dnnl_primitive_desc descriptor =
        descriptors.conv(
            op,
            true,
            lowering.convSource(op.input(), false),
            any,
            bias == null ? null : bias.layout,
            lowering.layout(op.output()),
            assembly.attributes());
    Buffer plain = parameter(op.layer(), op.weights().value(), lowering.plainWeights(op));
    Winograd winograd = lowering.winograd(op, Winograd.Purpose.FORWARD);
    if (winograd == null) {
      Buffer weights =
          assembly.in(
              Assembly.wanted(descriptor, dnnl.DNNL_ARG_WEIGHTS), plain, op.layer(), "weights");
      Buffer source =
          lowering.at(op.input(), Assembly.wanted(descriptor, dnnl.DNNL_ARG_SRC), op.layer());
      Buffer out = lowering.make(op.output());
      assembly.execute(
          op.layer(),
          "forward",
          descriptor,
          Argument.withBias(
              bias, Argument.source(source), Argument.weights(weights), Argument.destination(out)));
    } else {
      winograd.forward(
          lowering.at(op.input()),
          winograd.weights().transformed(plain, false, false),
          bias,
          false,
          Nonlinearity.IDENTITY,
          lowering.make(op.output()));
    }
    backward.push(() -> backward.conv(op, descriptor, plain));
  }

  @Override
  public void dense(Op.Dense op) {
    long[] shape = {op.output().size(1), op.input().size(1)};
    Buffer bias = op.bias() == null ? null : lowering.vector(op.layer(), op.bias().value());
    dnnl_primitive_desc descriptor =
        descriptors.dense(
            op.layer(),
            true,
            lowering.layout(op.input()),
            assembly.layout(shape, Native.F32, dnnl.dnnl_format_tag_any),
            bias == null ? null : bias.layout,
            lowering.layout(op.output()),
            assembly.attributes());
    Buffer plain =
        parameter(
            op.layer(), op.weights().value(), assembly.layout(shape, Native.F32, dnnl.dnnl_oi));
    Buffer weights =
        assembly.in(
            Assembly.wanted(descriptor, dnnl.DNNL_ARG_WEIGHTS), plain, op.layer(), "weights");
    assembly.execute(
        op.layer(),
        "forward",
        descriptor,
        Argument.withBias(
            bias,
            Argument.source(lowering.at(op.input())),
            Argument.weights(weights),
            Argument.destination(lowering.make(op.output()))));
    backward.push(() -> backward.dense(op, descriptor, plain));
  }

  @Override
  public void batchNorm(Op.BatchNorm op) {
    dnnl_memory_desc layout = lowering.layout(op.output());
    boolean relu = op.activation() == Nonlinearity.RELU;
    int flags =
        (op.frozen() ? dnnl.dnnl_use_global_stats : 0)
            | (op.gamma() == null ? 0 : dnnl.dnnl_use_scale | dnnl.dnnl_use_shift)
            | (relu ? dnnl.dnnl_fuse_norm_relu : 0);
    dnnl_primitive_desc descriptor = descriptors.batchNorm(op, true, layout, flags);
    dnnl_memory_desc vector =
        assembly.layout(new long[] {op.input().size(1)}, Native.F32, dnnl.dnnl_a);
    Buffer mean = assembly.planned(op.layer(), vector);
    Buffer variance = assembly.planned(op.layer(), vector);
    if (op.frozen()) {
      assembly.act(
          op.layer(),
          "statistics",
          () -> {
            Memory.write(Memory.read(op.mean().value()), mean.address());
            Memory.write(FoldedWeights.variance(op), variance.address());
          },
          mean,
          variance);
    }
    Buffer source = lowering.at(op.input());
    Buffer workspace =
        relu
            ? assembly.planned(op.layer(), Assembly.wanted(descriptor, dnnl.DNNL_ARG_WORKSPACE))
            : null;
    Buffer gamma = op.gamma() == null ? null : lowering.vector(op.layer(), op.gamma().value());
    Buffer beta = op.beta() == null ? null : lowering.vector(op.layer(), op.beta().value());
    assembly.execute(
        op.layer(),
        "forward",
        descriptor,
        Argument.present(
            Argument.source(source),
            Argument.mean(mean),
            Argument.variance(variance),
            Argument.destination(lowering.make(op.output())),
            gamma == null ? null : Argument.scale(gamma),
            beta == null ? null : Argument.shift(beta),
            workspace == null ? null : Argument.workspace(workspace)));
    backward.push(
        () ->
            backward.batchNorm(
                op, descriptor, flags, new Normalised(source, mean, variance, gamma, workspace)));
  }

  /** The buffers that the backward pass of a batch normalisation reads. */
  record Normalised(
      Buffer source,
      Buffer mean,
      Buffer variance,
      @Nullable Buffer gamma,
      @Nullable Buffer workspace) {}

  @Override
  public void activate(Op.Activate op) {
    lowering.activate(op, true);
    backward.push(() -> backward.activation(op.layer(), op.activation(), op.output(), op.input()));
  }

  @Override
  public void add(Op.Add op) {
    lowering.add(op, backward.isFree(op.left(), op));
    backward.push(() -> backward.add(op));
  }

  @Override
  public void pool(Op.Pool op) {
    dnnl_primitive_desc descriptor =
        descriptors.pool(op, true, lowering.layout(op.input()), lowering.pooled(op));
    Buffer source = lowering.at(op.input());
    Buffer out = lowering.poolDestination(op);
    Buffer workspace =
        op.kind() == Op.Pooling.MAXIMUM
            ? assembly.planned(op.layer(), Assembly.wanted(descriptor, dnnl.DNNL_ARG_WORKSPACE))
            : null;
    assembly.execute(
        op.layer(),
        "forward",
        descriptor,
        Argument.present(
            Argument.source(source),
            Argument.destination(out),
            workspace == null ? null : Argument.workspace(workspace)));
    lowering.afterPool(op, out);
    backward.push(() -> backward.pool(op, descriptor, workspace));
  }

  @Override
  public void pad(Op.Pad op) {
    lowering.pad(op);
    backward.push(() -> backward.pad(op));
  }

  @Override
  public void concat(Op.Concat op) {
    lowering.concat(op);
    backward.push(() -> backward.concat(op));
  }

  @Override
  public void scale(Op.Scale op) {
    lowering.scale(op);
    backward.push(() -> backward.scale(op));
  }

  @Override
  public void scaleChannels(Op.ScaleChannels op) {
    lowering.scaledChannels(
        op, "forward", lowering.at(op.input()), lowering.make(op.output()), assembly.attributes());
    backward.push(() -> backward.scaleChannels(op));
  }

  @Override
  public void reshape(Op.Reshape op) {
    lowering.reshape(op);
    backward.push(() -> backward.reshape(op));
  }

  @Override
  public void dropout(Op.Dropout op) {
    Value out = op.output();
    Buffer floats = assembly.planned(op.layer(), assembly.layout(out.shape(), Native.F32));
    int count = Math.toIntExact(floats.bytes / Float.BYTES);
    assembly.act(
        op.layer(),
        "mask",
        () -> {
          float[] values = new float[count];
          TrainingProgram.mask(values, op.keep(), seeds.getAsLong());
          Memory.write(values, floats.address());
        },
        floats);
    Buffer mask = assembly.in(lowering.layout(out), floats, op.layer(), "mask");
    lowering.product(op.layer(), "forward", lowering.at(op.input()), mask, lowering.make(out));
    backward.push(() -> backward.dropout(op, mask));
  }
}
