package org.resnet4j.onednn.ops;

import java.util.Arrays;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.exec.Argument;
import org.resnet4j.onednn.exec.Assembly;
import org.resnet4j.onednn.exec.Buffer;
import org.resnet4j.onednn.exec.EmitContext;
import org.resnet4j.onednn.exec.FoldedWeights;
import org.resnet4j.onednn.exec.Gradients;
import org.resnet4j.onednn.exec.InferenceContext;
import org.resnet4j.onednn.exec.Memory;
import org.resnet4j.onednn.exec.OneDnnLibrary;
import org.resnet4j.onednn.exec.TrainingContext;
import org.resnet4j.onednn.exec.WeightGradients;
import org.resnet4j.onednn.ir.Parameter;
import org.resnet4j.onednn.ir.Shapes;
import org.resnet4j.onednn.ir.Value;
import org.resnet4j.onednn.read.LayerReading;

/**
 * A dense layer from {@code [N, in]} to {@code [N, out]}. The weights' memory is {@code [out, in]},
 * which Deeplearning4j sees as [in, out] in f order.
 */
public record Dense(
    String layer,
    Value input,
    Value output,
    Parameter weights,
    @Nullable Parameter bias,
    Fused fused)
    implements Fusable {
  /** Checks the shapes. */
  public Dense {
    fused.check(layer, output);
    if (input.rank() != 2 || output.rank() != 2 || input.size(0) != output.size(0)) {
      throw Shapes.refused(layer, "a matmul does not compute " + output + " from " + input);
    }
    long[] expected = {input.size(1), output.size(1)};
    if (!Arrays.equals(weights.value().shape(), expected)) {
      throw Shapes.refused(
          layer,
          "expected weights "
              + Arrays.toString(expected)
              + " but their shape is "
              + Arrays.toString(weights.value().shape()));
    }
    Shapes.count(layer, "bias", bias, output.size(1));
  }

  static Value read(DenseLayer configuration, Value in, LayerReading from) {
    if (configuration.isHasLayerNorm()) {
      throw from.unsupported("DenseLayer with layer normalisation");
    }
    Value out = read(configuration.getNOut(), configuration.isHasBias(), in, from);
    return Activate.read(configuration.getActivationFn(), out, from);
  }

  static Value read(OutputLayer configuration, Value in, LayerReading from) {
    Value out = beforeActivation(configuration, in, from);
    return Activate.read(configuration.getActivationFn(), out, from);
  }

  /** Reads an output layer without its activation, and returns the result. */
  public static Value beforeActivation(OutputLayer configuration, Value in, LayerReading from) {
    return read(configuration.getNOut(), configuration.hasBias(), in, from);
  }

  private static Value read(long outputs, boolean bias, Value in, LayerReading from) {
    if (in.rank() != 2) {
      throw from.unsupported("a dense layer whose input " + in + " is not [N, F]");
    }
    Value out = new Value(from.name(), in.size(0), outputs);
    Parameter weights = from.parameter("W");
    from.expectSize("features", weights.value().size(0), in);
    return from.add(
        new Dense(from.name(), in, out, weights, bias ? from.parameter("b") : null, Fused.NOTHING));
  }

  @Override
  public List<Value> inputs() {
    return fused.inputs(input);
  }

  @Override
  public Dense with(Fused changed, Value result) {
    return new Dense(layer, input, result, weights, bias, changed);
  }

  @Override
  public boolean hasWeights() {
    return true;
  }

  @Override
  public boolean isTrained() {
    return Gradients.isTrained(weights) || Gradients.isTrained(bias);
  }

  private long[] shape() {
    return new long[] {output.size(1), input.size(1)};
  }

  private dnnl_memory_desc anyWeights(EmitContext to) {
    return to.assembly.layout(shape(), OneDnnLibrary.F32, dnnl.dnnl_format_tag_any);
  }

  private dnnl_memory_desc plainWeights(EmitContext to) {
    return to.assembly.layout(shape(), OneDnnLibrary.F32, dnnl.dnnl_oi);
  }

  @Override
  public Runnable infer(InferenceContext to) {
    dnnl_memory_desc offsets =
        to.assembly.layout(new long[] {output.size(1)}, OneDnnLibrary.F32, dnnl.dnnl_a);
    dnnl_primitive_attr after =
        to.descriptors.attributes(fused.addend() != null, fused.activation());
    return to.weighted(
        new InferenceContext.Weighted(
            layer,
            input,
            output,
            fused.addend(),
            () -> new FoldedWeights(weights, bias, fused.norm(), (int) output.size(1)),
            plainWeights(to),
            offsets),
        descriptor(false, offsets, after, to));
  }

  private dnnl_primitive_desc descriptor(
      boolean training,
      @Nullable dnnl_memory_desc offsets,
      dnnl_primitive_attr after,
      EmitContext to) {
    return to.assembly.describe(
        layer + ": matmul",
        (made, engine) ->
            dnnl.dnnl_inner_product_forward_primitive_desc_create(
                made,
                engine,
                training ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference,
                to.layout(input),
                anyWeights(to),
                offsets,
                to.layout(output),
                after));
  }

  @Override
  public Runnable forward(TrainingContext to) {
    Assembly assembly = to.assembly;
    Buffer offset = bias == null ? null : to.vector(layer, bias.value());
    dnnl_primitive_desc descriptor =
        descriptor(true, offset == null ? null : offset.layout, assembly.attributes(), to);
    Buffer plain = assembly.external(layer, plainWeights(to), Memory.address(weights.value()));
    Buffer packed =
        assembly.in(Assembly.wanted(descriptor, dnnl.DNNL_ARG_WEIGHTS), plain, layer, "weights");
    assembly.execute(
        layer,
        "forward",
        descriptor,
        Argument.withBias(
            offset,
            Argument.source(to.at(input)),
            Argument.weights(packed),
            Argument.destination(to.make(output))));
    return to.backward(output, layer, out -> backward(out, descriptor, plain, to));
  }

  private void backward(
      Gradients.Part out, dnnl_primitive_desc forward, Buffer plain, TrainingContext to) {
    Buffer gradient = out.buffer();
    WeightGradients gradients = new WeightGradients(to, layer);
    if (to.wantsGradient(input)) {
      dnnl_primitive_desc descriptor = backwardData(gradient, forward, to);
      to.addGradient(input, gradients.ofInput(descriptor, gradient, plain, input), true);
    }
    if (isTrained()) {
      Buffer ofBias = gradients.ofBias(bias, output);
      gradients.ofWeights(
          backwardWeights(ofBias, gradient, forward, to),
          plainWeights(to),
          shape(),
          weights,
          Argument.withBiasGradient(
              ofBias, Argument.source(to.at(input)), Argument.destinationGradient(gradient)));
    }
  }

  private dnnl_primitive_desc backwardData(
      Buffer gradient, dnnl_primitive_desc hint, EmitContext to) {
    return to.assembly.describe(
        layer + ": gradient of the input",
        (made, engine) ->
            dnnl.dnnl_inner_product_backward_data_primitive_desc_create(
                made,
                engine,
                to.layout(input),
                anyWeights(to),
                gradient.layout,
                hint,
                to.assembly.attributes()));
  }

  private dnnl_primitive_desc backwardWeights(
      @Nullable Buffer ofBias, Buffer gradient, dnnl_primitive_desc hint, EmitContext to) {
    return to.assembly.describe(
        layer + ": gradient of the weights",
        (made, engine) ->
            dnnl.dnnl_inner_product_backward_weights_primitive_desc_create(
                made,
                engine,
                to.layout(input),
                anyWeights(to),
                ofBias == null ? null : ofBias.layout,
                gradient.layout,
                hint,
                to.assembly.attributes()));
  }
}
