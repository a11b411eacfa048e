package org.resnet4j.onednn.ops;

import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.resnet4j.onednn.exec.Buffer;
import org.resnet4j.onednn.exec.EmitContext;
import org.resnet4j.onednn.exec.Gradients;
import org.resnet4j.onednn.exec.InferenceContext;
import org.resnet4j.onednn.exec.Op;
import org.resnet4j.onednn.exec.TrainingContext;
import org.resnet4j.onednn.ir.Shapes;
import org.resnet4j.onednn.ir.Value;
import org.resnet4j.onednn.read.VertexReading;

/** A concatenation along {@code axis}: 1 of vectors; 1, 2 or 3 of images. */
public record Concat(String layer, List<Value> inputs, int axis, Value output) implements Op {
  /** Checks the shapes. */
  public Concat {
    inputs = List.copyOf(inputs);
    long[] sum = output.shape();
    if (axis < 1 || axis >= sum.length) {
      throw Shapes.refused(layer, "the axis " + axis + " of " + output);
    }
    sum[axis] = 0;
    for (Value input : inputs) {
      long[] part = input.shape();
      if (part.length == sum.length) {
        sum[axis] += part[axis];
        part[axis] = output.size(axis);
      }
      if (!Arrays.equals(part, output.shape())) {
        throw Shapes.refused(
            layer, input + " is not a part of " + output + " along the axis " + axis);
      }
    }
    if (sum[axis] != output.size(axis)) {
      throw Shapes.refused(
          layer, inputs + " do not concatenate to " + output + " along the axis " + axis);
    }
  }

  static Value read(MergeVertex vertex, List<Value> inputs, VertexReading from) {
    Value first = inputs.get(0);
    if (inputs.size() == 1) {
      return first;
    }
    int axis = vertex.getMergeAxis();
    if (axis < 1 || axis >= first.rank()) {
      throw from.unsupported("MergeVertex along the axis " + axis);
    }
    if (first.rank() == 4 && from.isChannelsLast()) {
      axis = axis % 3 + 1; // H, W, C to C, H, W
    }
    long[] shape = first.shape();
    for (Value next : inputs.subList(1, inputs.size())) {
      long[] sides = next.shape();
      if (sides.length == shape.length) {
        sides[axis] = shape[axis];
      }
      if (!Arrays.equals(sides, shape)) {
        throw from.unsupportedShape(
            "a merge of " + first + " and " + next + " along the axis " + axis);
      }
      shape[axis] += next.size(axis);
    }
    return from.add(new Concat(from.name(), inputs, axis, new Value(from.name(), shape)));
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
    Buffer out = to.make(output);
    long start = 0;
    for (Value input : inputs) {
      to.assembly.reorder(layer, "forward", to.at(input), part(out, input, start, to));
      start += input.size(axis);
    }
  }

  /** Returns the view of a concatenation that holds {@code input}. */
  private Buffer part(Buffer whole, Value input, long start, EmitContext to) {
    long[] offset = new long[input.rank()];
    offset[axis] = start;
    return to.assembly.view(whole, to.assembly.part(whole.layout, input.shape(), offset));
  }

  private void backward(Gradients.Part out, TrainingContext to) {
    long start = 0;
    for (Value input : inputs) {
      Buffer into = to.assembly.planned(layer, to.layout(input));
      to.assembly.reorder(layer, "backward", part(out.buffer(), input, start, to), into);
      to.addGradient(input, into, true);
      start += input.size(axis);
    }
  }
}
