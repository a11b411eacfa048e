package org.resnet4j.onednn.ops;

import java.util.Arrays;
import java.util.List;
import org.bytedeco.dnnl.global.dnnl;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.resnet4j.onednn.exec.Argument;
import org.resnet4j.onednn.exec.Buffer;
import org.resnet4j.onednn.exec.EmitContext;
import org.resnet4j.onednn.exec.Gradients;
import org.resnet4j.onednn.exec.InferenceContext;
import org.resnet4j.onednn.exec.Op;
import org.resnet4j.onednn.exec.TrainingContext;
import org.resnet4j.onednn.ir.Nonlinearity;
import org.resnet4j.onednn.ir.Shapes;
import org.resnet4j.onednn.ir.Value;
import org.resnet4j.onednn.read.VertexReading;

/** The difference, product or maximum of two values of one shape; {@link Add} is the sum. */
public record Elementwise(String layer, Kind kind, Value left, Value right, Value output)
    implements Op {
  /** The functions of two numbers. */
  public enum Kind {
    DIFFERENCE(dnnl.dnnl_binary_sub),
    PRODUCT(dnnl.dnnl_binary_mul),
    /** The larger number. The gradient of equal numbers is the left one's. */
    MAXIMUM(dnnl.dnnl_binary_max);

    private final int algorithm;

    Kind(int algorithm) {
      this.algorithm = algorithm;
    }
  }

  /** Checks the shapes. */
  public Elementwise {
    Shapes.equal(layer, left, right);
    Shapes.equal(layer, left, output);
  }

  static Value read(ElementWiseVertex vertex, List<Value> inputs, VertexReading from) {
    Value first = inputs.get(0);
    for (Value next : inputs) {
      if (!Arrays.equals(first.shape(), next.shape())) {
        throw from.unsupportedShape(
            name(vertex.getOp()) + " of " + first + " and " + next + ", whose shapes differ,");
      }
    }
    if (inputs.size() == 1) {
      return first;
    }
    return switch (vertex.getOp()) {
      case Add -> Add.read(inputs, from);
      case Average -> Scale.read(1.0 / inputs.size(), Add.read(inputs, from), from);
      case Product -> read(Kind.PRODUCT, inputs, from);
      case Max -> read(Kind.MAXIMUM, inputs, from);
      case Subtract -> {
        if (inputs.size() != 2) {
          throw from.mismatch("expected two inputs of a difference but there are " + inputs);
        }
        yield read(Kind.DIFFERENCE, inputs, from);
      }
    };
  }

  private static String name(ElementWiseVertex.Op op) {
    return switch (op) {
      case Add -> "an addition";
      case Subtract -> "a subtraction";
      case Product -> "a product";
      case Average -> "an average";
      case Max -> "a maximum";
    };
  }

  private static Value read(Kind kind, List<Value> inputs, VertexReading from) {
    Value result = inputs.get(0);
    for (Value next : inputs.subList(1, inputs.size())) {
      Value out = new Value(from.name(), result.shape());
      result = from.add(new Elementwise(from.name(), kind, result, next, out));
    }
    return result;
  }

  @Override
  public List<Value> inputs() {
    return List.of(left, right);
  }

  @Override
  public Runnable infer(InferenceContext to) {
    return () -> emit(to);
  }

  @Override
  public Runnable forward(TrainingContext to) {
    emit(to);
    return to.backward(output, layer, out -> backward(out, to));
  }

  private void emit(EmitContext to) {
    to.assembly.execute(
        layer,
        "forward",
        to.descriptors.binary(layer, kind.algorithm, to.layout(output), Nonlinearity.IDENTITY),
        Argument.source(to.at(left)),
        Argument.secondSource(to.at(right)),
        Argument.destination(to.make(output)));
  }

  private void backward(Gradients.Part out, TrainingContext to) {
    Buffer gradient = out.buffer();
    switch (kind) {
      case DIFFERENCE -> {
        to.addGradient(left, gradient, false);
        if (to.wantsGradient(right)) {
          Buffer negative = to.assembly.planned(layer, gradient.layout);
          new Scale(layer, right, output, -1).emit("backward", gradient, negative, to);
          to.addGradient(right, negative, true);
        }
      }
      case PRODUCT -> {
        product(left, right, gradient, to);
        product(right, left, gradient, to);
      }
      case MAXIMUM -> {
        chosen(left, dnnl.dnnl_binary_ge, gradient, to);
        chosen(right, dnnl.dnnl_binary_lt, gradient, to);
      }
    }
  }

  /** Emits the gradient of a factor: that of the product times the other factor. */
  private void product(Value factor, Value other, Buffer gradient, TrainingContext to) {
    if (to.wantsGradient(factor)) {
      Buffer into = to.assembly.planned(layer, gradient.layout);
      to.product(layer, "backward", gradient, to.at(other), into);
      to.addGradient(factor, into, true);
    }
  }

  /** Emits the gradient of a part of a maximum: that of the maximum where the test chooses it. */
  private void chosen(Value part, int test, Buffer gradient, TrainingContext to) {
    if (to.wantsGradient(part)) {
      Buffer chosen = to.assembly.planned(layer, gradient.layout);
      to.assembly.execute(
          layer,
          "backward",
          to.descriptors.binary(layer, test, gradient.layout, Nonlinearity.IDENTITY),
          Argument.source(to.at(left)),
          Argument.secondSource(to.at(right)),
          Argument.destination(chosen));
      to.product(layer, "backward", gradient, chosen, chosen);
      to.addGradient(part, chosen, true);
    }
  }
}
