package org.resnet4j.onednn.ops;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.graph.GroupNormLayer;
import org.resnet4j.onednn.exec.Argument;
import org.resnet4j.onednn.exec.Assembly;
import org.resnet4j.onednn.exec.Buffer;
import org.resnet4j.onednn.exec.EmitContext;
import org.resnet4j.onednn.exec.Gradients;
import org.resnet4j.onednn.exec.InferenceContext;
import org.resnet4j.onednn.exec.Memory;
import org.resnet4j.onednn.exec.OneDnnLibrary;
import org.resnet4j.onednn.exec.TrainingContext;
import org.resnet4j.onednn.exec.UnaryOp;
import org.resnet4j.onednn.ir.Parameter;
import org.resnet4j.onednn.ir.Shapes;
import org.resnet4j.onednn.ir.Value;
import org.resnet4j.onednn.read.LayerReading;

/**
 * A group norm of images. oneDNN has fast kernels of inference for channels last, and of training
 * for {@code [N, C, H, W]}.
 */
public record GroupNorm(
    String layer,
    Value input,
    Value output,
    Parameter gamma,
    Parameter beta,
    int groups,
    double epsilon)
    implements UnaryOp {
  private static final int FLAGS = dnnl.dnnl_use_scale | dnnl.dnnl_use_shift;

  /** Checks the shapes. */
  public GroupNorm {
    Shapes.equal(layer, input, output);
    if (input.rank() != 4
        || groups < 1
        || input.size(1) % groups != 0
        || gamma.value().length() != input.size(1)
        || beta.value().length() != input.size(1)) {
      throw Shapes.refused(layer, groups + " groups do not divide the channels of " + input);
    }
  }

  static Value read(GroupNormLayer configuration, Value in, LayerReading from) {
    from.expectImages(in, CNN2DFormat.NCHW);
    from.expectSize("channels", configuration.getNOut(), in);
    return from.add(
        new GroupNorm(
            from.name(),
            in,
            new Value(from.name(), in.shape()),
            from.parameter("gamma"),
            from.parameter("beta"),
            configuration.getGroups(),
            configuration.getEpsilon()));
  }

  @Override
  public boolean isTrained() {
    return Gradients.isTrained(gamma);
  }

  @Override
  public boolean isOutputFree() {
    return true;
  }

  @Override
  public boolean isFastInBlocks(EmitContext blocked, boolean training, boolean wantsGradient) {
    return false;
  }

  private dnnl_memory_desc plain(EmitContext to) {
    return to.assembly.layout(output.shape(), to.type(output), dnnl.dnnl_nchw);
  }

  private dnnl_memory_desc vector(EmitContext to) {
    return to.assembly.layout(new long[] {input.size(1)}, OneDnnLibrary.F32, dnnl.dnnl_a);
  }

  private dnnl_primitive_desc descriptor(boolean training, dnnl_memory_desc data, EmitContext to) {
    return to.assembly.describe(
        layer + ": group normalisation",
        (made, engine) ->
            dnnl.dnnl_group_normalization_forward_primitive_desc_create(
                made,
                engine,
                training ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference,
                data,
                data,
                groups,
                (float) epsilon,
                FLAGS,
                to.assembly.attributes()));
  }

  @Override
  public Runnable infer(InferenceContext to) {
    Assembly assembly = to.assembly;
    Buffer scale = assembly.persistent(layer, vector(to));
    Buffer shift = assembly.persistent(layer, vector(to));
    assembly.act(
        layer,
        "weights",
        () -> {
          to.put(Memory.read(gamma.value()), scale);
          to.put(Memory.read(beta.value()), shift);
        },
        scale,
        shift);
    return () -> {
      dnnl_memory_desc data = to.channelsLast(output);
      Buffer result = assembly.planned(output.name(), data);
      assembly.execute(
          layer,
          "forward",
          descriptor(false, data, to),
          Argument.source(to.at(input, data, layer)),
          Argument.scale(scale),
          Argument.shift(shift),
          Argument.destination(result));
      to.place(output, assembly.in(to.layout(output), result, layer, "output layout"));
    };
  }

  @Override
  public Runnable forward(TrainingContext to) {
    Assembly assembly = to.assembly;
    dnnl_primitive_desc descriptor = descriptor(true, plain(to), to);
    dnnl_memory_desc statistics = Assembly.wanted(descriptor, dnnl.DNNL_ARG_MEAN);
    Buffer source = to.at(input, plain(to), layer);
    Buffer mean = assembly.planned(layer, statistics);
    Buffer variance = assembly.planned(layer, statistics);
    Buffer result = assembly.planned(output.name(), plain(to));
    assembly.execute(
        layer,
        "forward",
        descriptor,
        Argument.source(source),
        Argument.mean(mean),
        Argument.variance(variance),
        Argument.scale(to.vector(layer, gamma.value())),
        Argument.shift(to.vector(layer, beta.value())),
        Argument.destination(result));
    to.place(output, assembly.in(to.layout(output), result, layer, "output layout"));
    return to.backward(
        output,
        layer,
        out -> {
          Buffer below =
              new GroupNormGradient(
                      new GroupNormGradient.Norm(layer, input, gamma, groups, epsilon), to)
                  .emit(
                      new GroupNormGradient.Saved(source, mean, variance),
                      assembly.in(plain(to), out.buffer(), layer, "backward"),
                      gradient(gamma, to),
                      gradient(beta, to));
          to.addGradient(input, assembly.in(to.layout(input), below, layer, "backward"), true);
        });
  }

  /** Returns the buffer in the network's gradients, or a scratch buffer for a frozen parameter. */
  private Buffer gradient(Parameter parameter, TrainingContext to) {
    INDArray gradient = parameter.gradient();
    return gradient != null ? to.vector(layer, gradient) : to.assembly.planned(layer, vector(to));
  }
}
