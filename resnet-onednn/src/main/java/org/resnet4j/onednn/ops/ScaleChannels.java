package org.resnet4j.onednn.ops;

import java.util.Arrays;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.resnet4j.graph.ScaleChannelsVertex;
import org.resnet4j.onednn.exec.Argument;
import org.resnet4j.onednn.exec.Assembly;
import org.resnet4j.onednn.exec.Buffer;
import org.resnet4j.onednn.exec.EmitContext;
import org.resnet4j.onednn.exec.Gradients;
import org.resnet4j.onednn.exec.InferenceContext;
import org.resnet4j.onednn.exec.OneDnnLibrary;
import org.resnet4j.onednn.exec.TrainingContext;
import org.resnet4j.onednn.ir.Shapes;
import org.resnet4j.onednn.ir.Value;
import org.resnet4j.onednn.ir.Window;
import org.resnet4j.onednn.read.VertexReading;

/**
 * A multiplication of every channel of images {@code [N, C, H, W]} by its factor in {@code factors
 * [N, C]}.
 */
public record ScaleChannels(String layer, Value input, Value factors, Value output, Fused fused)
    implements Fusable {
  /** Checks the shapes. */
  public ScaleChannels {
    fused.check(layer, output);
    Shapes.equal(layer, input, output);
    if (input.rank() != 4
        || factors.rank() != 2
        || input.size(0) != factors.size(0)
        || input.size(1) != factors.size(1)) {
      throw Shapes.refused(layer, factors + " are not one factor for each channel of " + input);
    }
  }

  static Value read(ScaleChannelsVertex vertex, List<Value> inputs, VertexReading from) {
    Value images = inputs.get(0);
    if (inputs.size() != 2
        || images.rank() != 4
        || !Arrays.equals(inputs.get(1).shape(), Arrays.copyOf(images.shape(), 2))) {
      throw from.unsupportedShape("a scaling of channels whose inputs are " + inputs);
    }
    Value out = new Value(from.name(), images.shape());
    return from.add(new ScaleChannels(from.name(), images, inputs.get(1), out, Fused.NOTHING));
  }

  @Override
  public List<Value> inputs() {
    return fused.inputs(input, factors);
  }

  @Override
  public ScaleChannels with(Fused changed, Value result) {
    return new ScaleChannels(layer, input, factors, result, changed);
  }

  @Override
  public boolean isOutputFree() {
    return true;
  }

  @Override
  public Runnable infer(InferenceContext to) {
    return () ->
        emit(
            "forward",
            to.at(input),
            to.destination(output, fused.addend()),
            to.descriptors.attributes(fused.addend() != null, fused.activation()),
            to);
  }

  @Override
  public Runnable forward(TrainingContext to) {
    emit("forward", to.at(input), to.make(output), to.assembly.attributes(), to);
    return to.backward(output, layer, out -> backward(out, to));
  }

  /** Multiplies {@code images} by the factors, then applies {@code after}. */
  private void emit(
      String work, Buffer images, Buffer into, dnnl_primitive_attr after, EmitContext to) {
    Assembly assembly = to.assembly;
    dnnl_memory_desc layout =
        assembly.layout(new long[] {factors.size(0), factors.size(1), 1, 1}, OneDnnLibrary.F32);
    Buffer seen = assembly.view(to.at(factors), layout);
    dnnl_primitive_desc descriptor =
        to.descriptors.binary(layer, dnnl.dnnl_binary_mul, into.layout, layout, into.layout, after);
    assembly.execute(
        layer,
        work,
        descriptor,
        Argument.source(images),
        Argument.secondSource(seen),
        Argument.destination(into));
  }

  private void backward(Gradients.Part out, TrainingContext to) {
    if (to.wantsGradient(factors)) {
      to.addGradient(factors, factorGradient(out.buffer(), to), true);
    }
    if (to.wantsGradient(input)) {
      Buffer into = to.gradientTarget(out, layer);
      emit("backward", out.buffer(), into, to.assembly.attributes(), to);
      to.addGradient(input, into, true);
    }
  }

  /**
   * Returns the sums of gradient times image over height and width, computed as means. oneDNN has
   * no fast sum over the inner axes of channels-last images.
   */
  private Buffer factorGradient(Buffer gradient, TrainingContext to) {
    Assembly assembly = to.assembly;
    Buffer product = assembly.planned(layer, to.layout(input));
    to.product(layer, "backward", gradient, to.at(input), product);
    Pool mean = new Pool(layer, input, factors, Window.global(input), Pool.Kind.AVERAGE);
    Buffer means = assembly.planned(layer, mean.pooled(to));
    assembly.execute(
        layer,
        "backward",
        mean.descriptor(false, product.layout, means.layout, to),
        Argument.source(product),
        Argument.destination(means));
    dnnl_memory_desc rows = assembly.layout(factors.shape(), to.type(input));
    Buffer sums = assembly.in(to.layout(factors), assembly.view(means, rows), layer, "to floats");
    double pixels = (double) input.size(2) * input.size(3);
    new Scale(layer, factors, factors, pixels).emit("backward", sums, sums, to);
    return sums;
  }
}
