package org.resnet4j.onednn.conv;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
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
import org.resnet4j.onednn.exec.InferenceContext.Int8Parameters;
import org.resnet4j.onednn.exec.OneDnnLibrary;
import org.resnet4j.onednn.ir.Int8;
import org.resnet4j.onednn.ir.Value;

/**
 * Convolutions of 8-bit integers, by oneDNN's primitives: products are summed in 32 bits, then
 * scaled, added to and rounded in single precision.
 */
final class Int8Kernel implements ConvKernel {
  @Override
  public boolean supports(ConvShape op, Purpose purpose, EmitContext to) {
    return purpose == Purpose.INFERENCE && op.input().int8() != null;
  }

  @Override
  public Runnable infer(
      ConvShape op, Supplier<FoldedWeights> folded, @Nullable Value addend, InferenceContext to) {
    String layer = op.layer();
    Assembly assembly = to.assembly;
    dnnl_memory_desc bias = op.bias(to);
    dnnl_primitive_desc descriptor = descriptor(op, bias, addend, to);
    Buffer weights = assembly.persistent(layer, Assembly.wanted(descriptor, dnnl.DNNL_ARG_WEIGHTS));
    Int8Parameters plain =
        new Int8Parameters(
            assembly.planned(
                layer, assembly.layout(op.weightShape(), OneDnnLibrary.S8, dnnl.dnnl_oihw)),
            assembly.persistent(layer, bias),
            assembly.persistent(layer, bias));
    float scale = Objects.requireNonNull(op.input().int8()).scale();
    to.stage(layer, folded, (int) op.input().size(1), scale, plain);
    assembly.reorder(layer, "weights", plain.weights(), weights);
    List<Argument> arguments = new ArrayList<>();
    arguments.add(Argument.weights(weights));
    arguments.add(Argument.bias(plain.bias()));
    arguments.add(Argument.scales(dnnl.DNNL_ARG_WEIGHTS, plain.scales()));
    Int8 result = op.output().int8();
    if (result != null) {
      arguments.add(Argument.scales(dnnl.DNNL_ARG_DST, to.number(layer, result.scale())));
    }
    return () -> {
      arguments.add(Argument.source(to.at(op.input())));
      arguments.add(Argument.destination(destination(op.output(), addend, to)));
      assembly.execute(layer, "forward", descriptor, arguments.toArray(new Argument[0]));
    };
  }

  private static dnnl_primitive_desc descriptor(
      ConvShape op, dnnl_memory_desc bias, @Nullable Value addend, InferenceContext to) {
    Layouts layouts =
        new Layouts(
            to.layout(op.input()),
            to.assembly.layout(op.weightShape(), OneDnnLibrary.S8, dnnl.dnnl_format_tag_any),
            bias,
            to.layout(op.output()));
    dnnl_primitive_attr attributes =
        to.descriptors.int8Attributes(
            op.output().int8(),
            addend != null,
            addend == null ? null : addend.int8(),
            op.activation());
    return new ConvDescriptors(to.assembly, op).forward(false, layouts, attributes);
  }

  /** Returns the buffer of the output: the addend's bytes if there is one. */
  private static Buffer destination(Value output, @Nullable Value addend, InferenceContext to) {
    if (addend == null) {
      return to.make(output);
    }
    Buffer taken = to.assembly.view(to.at(addend), to.layout(output));
    to.place(output, taken);
    return taken;
  }
}
