package org.resnet4j.onednn.ops;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.nd4j.linalg.activations.IActivation;
import org.resnet4j.onednn.exec.Argument;
import org.resnet4j.onednn.exec.Buffer;
import org.resnet4j.onednn.exec.EmitContext;
import org.resnet4j.onednn.exec.Gradients;
import org.resnet4j.onednn.exec.InferenceContext;
import org.resnet4j.onednn.exec.TrainingContext;
import org.resnet4j.onednn.exec.UnaryOp;
import org.resnet4j.onednn.ir.Nonlinearity;
import org.resnet4j.onednn.ir.Shapes;
import org.resnet4j.onednn.ir.Value;
import org.resnet4j.onednn.read.LayerReading;

/** An activation that is not fused. */
public record Activate(String layer, Value input, Value output, Nonlinearity activation)
    implements UnaryOp {
  /** Checks the shapes. */
  public Activate {
    Shapes.equal(layer, input, output);
  }

  static Value read(ActivationLayer configuration, Value in, LayerReading from) {
    return read(configuration.getActivationFn(), in, from);
  }

  static Value read(LossLayer configuration, Value in, LayerReading from) {
    return read(configuration.getActivationFn(), in, from);
  }

  /** Reads an output layer of images, whose softmax is one of every pixel. */
  static Value read(CnnLossLayer configuration, Value in, LayerReading from) {
    from.expectImages(in, configuration.getFormat());
    return add(Activations.of(configuration.getActivationFn(), from), in, from);
  }

  /** Reads the activation after a layer whose result is {@code in}. */
  static Value read(IActivation function, Value in, LayerReading from) {
    Nonlinearity activation = Activations.of(function, from);
    if (activation.kind() == Nonlinearity.Kind.SOFTMAX && in.rank() != 2) {
      throw from.unsupported("softmax of " + in + ", outside of an output layer,");
    }
    return add(activation, in, from);
  }

  private static Value add(Nonlinearity activation, Value in, LayerReading from) {
    return activation.isIdentity()
        ? in
        : from.add(new Activate(from.name(), in, new Value(from.name(), in.shape()), activation));
  }

  @Override
  public Runnable infer(InferenceContext to) {
    return () -> emit(false, to);
  }

  @Override
  public Runnable forward(TrainingContext to) {
    emit(true, to);
    return to.backward(output, layer, out -> to.addGradient(input, undone(out, to), true));
  }

  private void emit(boolean training, EmitContext to) {
    dnnl_memory_desc layout = to.layout(output);
    to.assembly.execute(
        layer,
        "forward",
        activation.kind() == Nonlinearity.Kind.SOFTMAX
            ? softmax(training, layout, to)
            : to.descriptors.activation(layer, training, activation, layout),
        Argument.source(to.at(input)),
        Argument.destination(to.make(output)));
  }

  /** Creates a softmax over axis 1. */
  private dnnl_primitive_desc softmax(boolean training, dnnl_memory_desc data, EmitContext to) {
    return to.assembly.describe(
        layer + ": softmax",
        (made, engine) ->
            dnnl.dnnl_softmax_forward_primitive_desc_create(
                made,
                engine,
                training ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference,
                dnnl.dnnl_softmax_accurate,
                data,
                data,
                1,
                to.assembly.attributes()));
  }

  private dnnl_primitive_desc softmaxBackward(dnnl_memory_desc data, EmitContext to) {
    dnnl_primitive_desc hint = softmax(true, data, to);
    return to.assembly.describe(
        layer + ": gradient",
        (made, engine) ->
            dnnl.dnnl_softmax_backward_primitive_desc_create(
                made,
                engine,
                dnnl.dnnl_softmax_accurate,
                data,
                data,
                data,
                1,
                hint,
                to.assembly.attributes()));
  }

  /** Emits the gradient of the input. */
  Buffer undone(Gradients.Part gradient, TrainingContext to) {
    boolean result = activation.isResultEnough();
    Buffer known = to.at(result ? output : input);
    if (activation.kind() == Nonlinearity.Kind.LEAKY_RELU) {
      known = aboveZero(known, to);
    }
    Buffer into = to.gradientTarget(gradient, layer);
    to.assembly.execute(
        layer,
        "backward",
        activation.kind() == Nonlinearity.Kind.SOFTMAX
            ? softmaxBackward(known.layout, to)
            : to.descriptors.activationBackward(layer, activation, known.layout),
        result ? Argument.destination(known) : Argument.source(known),
        Argument.destinationGradient(gradient.buffer()),
        Argument.sourceGradient(into));
    return into;
  }

  /**
   * Returns {@code values} plus the least positive number, so that zeros are positive. oneDNN's
   * gradient of a leaky ReLU at 0 is the slope, Deeplearning4j's is 1.
   */
  private Buffer aboveZero(Buffer values, TrainingContext to) {
    Buffer above = to.assembly.planned(layer, values.layout);
    to.assembly.execute(
        layer,
        "backward",
        to.descriptors.elementwise(
            layer, false, dnnl.dnnl_eltwise_linear, 1, Float.MIN_NORMAL, values.layout),
        Argument.source(values),
        Argument.destination(above));
    return above;
  }
}
