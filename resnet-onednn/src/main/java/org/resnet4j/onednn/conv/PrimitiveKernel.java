package org.resnet4j.onednn.conv;

import java.util.Arrays;
import java.util.function.Supplier;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.conv.ConvDescriptors.Layouts;
import org.resnet4j.onednn.exec.Argument;
import org.resnet4j.onednn.exec.Assembly;
import org.resnet4j.onednn.exec.Buffer;
import org.resnet4j.onednn.exec.EmitContext;
import org.resnet4j.onednn.exec.FoldedWeights;
import org.resnet4j.onednn.exec.InferenceContext;
import org.resnet4j.onednn.exec.OneDnnLibrary;
import org.resnet4j.onednn.exec.TrainingContext;
import org.resnet4j.onednn.exec.WeightGradients;
import org.resnet4j.onednn.ir.Parameter;
import org.resnet4j.onednn.ir.Value;

/** All convolutions, by oneDNN's primitives. */
public final class PrimitiveKernel implements ConvKernel {
  /**
   * The number of input channels up to which the weight gradient of a stem convolution needs
   * another layout.
   */
  private static final int FEW_CHANNELS = 4;

  PrimitiveKernel() {}

  @Override
  public boolean supports(ConvShape op, Purpose purpose, EmitContext to) {
    return true;
  }

  @Override
  public Runnable infer(
      ConvShape op, Supplier<FoldedWeights> folded, @Nullable Value addend, InferenceContext to) {
    boolean last =
        op.hasFewPixels()
            && Arrays.stream(op.window().kernel()).allMatch(size -> size > 1)
            && addend == null;
    dnnl_memory_desc bias = op.bias(to);
    dnnl_primitive_desc descriptor =
        new ConvDescriptors(to.assembly, op)
            .forward(
                false,
                new Layouts(
                    last ? to.channelsLast(op.input()) : source(op, false, to),
                    anyWeights(op, to.type(op.input()), to),
                    bias,
                    last ? to.channelsLast(op.output()) : to.layout(op.output())),
                to.descriptors.attributes(addend != null, op.activation()));
    return to.weighted(
        new InferenceContext.Weighted(
            op.layer(), op.input(), op.output(), addend, folded, op.plainWeights(to), bias),
        descriptor);
  }

  private static dnnl_memory_desc anyWeights(ConvShape op, int type, EmitContext to) {
    return to.assembly.layout(op.weightShape(), type, dnnl.dnnl_format_tag_any);
  }

  /**
   * Returns the layout of a convolution's input. It is the value's own layout. oneDNN chooses it
   * for one channel, and for a few channels if a weight gradient or a blocked result is needed.
   */
  private static dnnl_memory_desc source(ConvShape op, boolean weightGradient, EmitContext to) {
    Value value = op.input();
    boolean few = weightGradient || to.isBlocked();
    return value.size(1) <= (few ? FEW_CHANNELS : 1)
        ? to.assembly.layout(value.shape(), to.type(value), dnnl.dnnl_format_tag_any)
        : to.layout(value);
  }

  private static dnnl_primitive_desc forward(
      ConvShape op, @Nullable dnnl_memory_desc bias, EmitContext to) {
    return new ConvDescriptors(to.assembly, op)
        .forward(
            true,
            new Layouts(
                source(op, false, to),
                anyWeights(op, to.type(op.input()), to),
                bias,
                to.layout(op.output())),
            to.assembly.attributes());
  }

  @Override
  public void forward(ConvShape op, Buffer weights, @Nullable Buffer bias, TrainingContext to) {
    Assembly assembly = to.assembly;
    dnnl_primitive_desc descriptor = forward(op, bias == null ? null : bias.layout, to);
    Buffer packed =
        assembly.in(
            Assembly.wanted(descriptor, dnnl.DNNL_ARG_WEIGHTS), weights, op.layer(), "weights");
    Buffer source = to.at(op.input(), Assembly.wanted(descriptor, dnnl.DNNL_ARG_SRC), op.layer());
    assembly.execute(
        op.layer(),
        "forward",
        descriptor,
        Argument.withBias(
            bias,
            Argument.source(source),
            Argument.weights(packed),
            Argument.destination(to.make(op.output()))));
  }

  @Override
  public Buffer backwardData(ConvShape op, Buffer weights, Buffer gradient, TrainingContext to) {
    Layouts layouts =
        new Layouts(
            to.layout(op.input()), anyWeights(op, to.type(op.input()), to), null, gradient.layout);
    dnnl_primitive_desc descriptor =
        new ConvDescriptors(to.assembly, op).backwardData(layouts, forward(op, null, to));
    return new WeightGradients(to, op.layer()).ofInput(descriptor, gradient, weights, op.input());
  }

  @Override
  public void backwardWeights(
      ConvShape op, Parameter weights, @Nullable Buffer bias, Buffer gradient, TrainingContext to) {
    Layouts layouts =
        new Layouts(
            source(op, true, to),
            anyWeights(op, OneDnnLibrary.F32, to),
            bias == null ? null : bias.layout,
            gradient.layout);
    dnnl_primitive_desc descriptor =
        new ConvDescriptors(to.assembly, op).backwardWeights(layouts, forward(op, null, to));
    Buffer source = to.at(op.input(), Assembly.wanted(descriptor, dnnl.DNNL_ARG_SRC), op.layer());
    new WeightGradients(to, op.layer())
        .ofWeights(
            descriptor,
            op.plainWeights(to),
            op.weightShape(),
            weights,
            Argument.withBiasGradient(
                bias, Argument.source(source), Argument.destinationGradient(gradient)));
  }

  /**
   * Returns whether oneDNN computes {@code op} without reference code.
   *
   * @param wantsGradient whether training needs the gradient of the input
   */
  public static boolean isFast(
      ConvShape op, EmitContext to, boolean training, boolean wantsGradient) {
    try {
      ConvDescriptors descriptors = new ConvDescriptors(to.assembly, op);
      Layouts layouts =
          new Layouts(
              source(op, training, to),
              anyWeights(op, OneDnnLibrary.F32, to),
              null,
              to.layout(op.output()));
      dnnl_primitive_desc forward =
          descriptors.forward(training, layouts, to.assembly.attributes());
      if (OneDnnLibrary.isReference(forward)) {
        return false;
      }
      Layouts ofInput =
          new Layouts(to.layout(op.input()), layouts.weights(), null, layouts.destination());
      return !training
          || ((!wantsGradient
                  || !OneDnnLibrary.isReference(descriptors.backwardData(ofInput, forward)))
              && !OneDnnLibrary.isReference(descriptors.backwardWeights(layouts, forward)));
    } catch (IllegalStateException e) {
      // oneDNN has no implementation at all.
      return false;
    }
  }
}
