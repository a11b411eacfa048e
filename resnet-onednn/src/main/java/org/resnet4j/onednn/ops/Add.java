package org.resnet4j.onednn.ops;

import java.util.List;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.global.dnnl;
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

/** The sum of two values of one shape, then an activation. */
public record Add(String layer, Value left, Value right, Value output, Nonlinearity activation)
    implements Op {
  /** Checks the shapes. */
  public Add {
    Shapes.equal(layer, left, right);
    Shapes.equal(layer, left, output);
  }

  /** Reads the sum of one or more values of one shape. */
  static Value read(List<Value> inputs, VertexReading from) {
    Value total = inputs.get(0);
    for (Value next : inputs.subList(1, inputs.size())) {
      Value out = new Value(from.name(), total.shape());
      total = from.add(new Add(from.name(), total, next, out, Nonlinearity.IDENTITY));
    }
    return total;
  }

  @Override
  public List<Value> inputs() {
    return List.of(left, right);
  }

  /** Returns this sum with a fused activation. */
  public Add with(Nonlinearity after, Value result) {
    return new Add(layer, left, right, result, after);
  }

  @Override
  public Runnable infer(InferenceContext to) {
    return () -> emit(false, to);
  }

  @Override
  public Runnable forward(TrainingContext to) {
    emit(to.isFree(left), to);
    return to.backward(output, layer, out -> backward(out, to));
  }

  /**
   * Emits the sum.
   *
   * @param overwrite the left summand is not read afterwards; the result overwrites it
   */
  private void emit(boolean overwrite, EmitContext to) {
    dnnl_memory_desc layout = to.layout(output);
    Buffer first = to.at(left);
    Buffer second = to.at(right);
    Buffer out = overwrite ? first : to.make(output);
    to.place(output, out);
    to.assembly.execute(
        layer,
        "forward",
        to.descriptors.binary(layer, dnnl.dnnl_binary_add, layout, activation),
        Argument.source(first),
        Argument.secondSource(second),
        Argument.destination(out));
  }

  private void backward(Gradients.Part out, TrainingContext to) {
    Buffer sum =
        activation.isIdentity()
            ? out.buffer()
            : new Activate(layer, output, output, activation).undone(out, to);
    // Both summands read the gradient; neither may overwrite it.
    to.addGradient(left, sum, false);
    to.addGradient(right, sum, false);
  }
}
