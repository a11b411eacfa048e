package org.resnet4j.onednn.ops;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU6;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.resnet4j.onednn.exec.Argument;
import org.resnet4j.onednn.exec.Buffer;
import org.resnet4j.onednn.exec.Descriptors;
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

  /** Reads the activation after a layer whose result is {@code in}. */
  static Value read(IActivation function, Value in, LayerReading from) {
    Nonlinearity activation = nonlinearity(function, from);
    if (activation == Nonlinearity.IDENTITY) {
      return in;
    }
    if (activation == Nonlinearity.SOFTMAX && (from.isTraining() || in.rank() != 2)) {
      throw from.unsupported("softmax of " + in + ", outside of an output layer,");
    }
    return from.add(new Activate(from.name(), in, new Value(from.name(), in.shape()), activation));
  }

  private static Nonlinearity nonlinearity(IActivation function, LayerReading from) {
    Class<?> type = function.getClass();
    if (type == ActivationIdentity.class) {
      return Nonlinearity.IDENTITY;
    } else if (type == ActivationReLU.class && function.equals(new ActivationReLU())) {
      return Nonlinearity.RELU;
    } else if (type == ActivationReLU6.class) {
      return Nonlinearity.RELU6;
    } else if (type == ActivationSigmoid.class) {
      return Nonlinearity.SIGMOID;
    } else if (type == ActivationTanH.class) {
      return Nonlinearity.TANH;
    } else if (type == ActivationSoftmax.class) {
      return Nonlinearity.SOFTMAX;
    }
    throw from.unsupported("the activation " + function);
  }

  @Override
  public Runnable infer(InferenceContext to) {
    return () -> emit(false, to);
  }

  @Override
  public Runnable forward(TrainingContext to) {
    emit(true, to);
    return () -> {
      Gradients.Part out = to.takeGradient(output, layer);
      if (out != null) {
        to.addGradient(input, undone(layer, activation, output, out, to), true);
      }
    };
  }

  private void emit(boolean training, EmitContext to) {
    dnnl_memory_desc layout = to.layout(output);
    dnnl_primitive_desc descriptor =
        activation == Nonlinearity.SOFTMAX
            ? softmax(layout, to)
            : to.descriptors.elementwise(
                layer,
                training,
                training ? Descriptors.backward(activation) : Descriptors.forward(activation),
                0,
                Descriptors.beta(activation),
                layout);
    to.assembly.execute(
        layer,
        "forward",
        descriptor,
        Argument.source(to.at(input)),
        Argument.destination(to.make(output)));
  }

  /** Creates a softmax over axis 1. */
  private dnnl_primitive_desc softmax(dnnl_memory_desc data, EmitContext to) {
    return to.assembly.describe(
        layer + ": softmax",
        (made, engine) ->
            dnnl.dnnl_softmax_forward_primitive_desc_create(
                made,
                engine,
                dnnl.dnnl_forward_inference,
                dnnl.dnnl_softmax_accurate,
                data,
                data,
                1,
                to.assembly.attributes()));
  }

  /** Emits the gradient of the input of {@code activation}, computed from its {@code output}. */
  static Buffer undone(
      String layer,
      Nonlinearity activation,
      Value output,
      Gradients.Part gradient,
      TrainingContext to) {
    Buffer into = to.gradientTarget(gradient, layer);
    to.assembly.execute(
        layer,
        "backward",
        to.descriptors.activationBackward(layer, activation, to.layout(output)),
        Argument.destination(to.at(output)),
        Argument.destinationGradient(gradient.buffer()),
        Argument.sourceGradient(into));
    return into;
  }
}
