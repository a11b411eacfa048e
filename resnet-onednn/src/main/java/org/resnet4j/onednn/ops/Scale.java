package org.resnet4j.onednn.ops;

import java.util.List;
import org.bytedeco.dnnl.global.dnnl;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.resnet4j.onednn.exec.Buffer;
import org.resnet4j.onednn.exec.EmitContext;
import org.resnet4j.onednn.exec.InferenceContext;
import org.resnet4j.onednn.exec.TrainingContext;
import org.resnet4j.onednn.exec.UnaryOp;
import org.resnet4j.onednn.ir.Shapes;
import org.resnet4j.onednn.ir.Value;
import org.resnet4j.onednn.read.VertexReading;

/** A multiplication by a constant. */
public record Scale(String layer, Value input, Value output, double factor) implements UnaryOp {
  /** Checks the shapes. */
  public Scale {
    Shapes.equal(layer, input, output);
  }

  static Value read(ScaleVertex vertex, List<Value> inputs, VertexReading from) {
    return read(vertex.getScaleFactor(), from.only(inputs), from);
  }

  static Value read(double factor, Value in, VertexReading from) {
    Value out = new Value(from.name(), in.shape());
    return from.add(new Scale(from.name(), in, out, factor));
  }

  @Override
  public Runnable infer(InferenceContext to) {
    return () -> emit("forward", to.at(input), to.make(output), to);
  }

  @Override
  public Runnable forward(TrainingContext to) {
    emit("forward", to.at(input), to.make(output), to);
    return to.backward(
        output,
        layer,
        out -> {
          Buffer into = to.gradientTarget(out, layer);
          emit("backward", out.buffer(), into, to);
          to.addGradient(input, into, true);
        });
  }

  void emit(String work, Buffer source, Buffer into, EmitContext to) {
    to.elementwise(layer, work, dnnl.dnnl_eltwise_linear, factor, 0, source, into);
  }
}
