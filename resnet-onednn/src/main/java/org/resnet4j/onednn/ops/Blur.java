package org.resnet4j.onednn.ops;

import java.util.List;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.jspecify.annotations.Nullable;
import org.resnet4j.graph.BlurPoolVertex;
import org.resnet4j.onednn.exec.Argument;
import org.resnet4j.onednn.exec.Assembly;
import org.resnet4j.onednn.exec.Buffer;
import org.resnet4j.onednn.exec.EmitContext;
import org.resnet4j.onednn.exec.ImageLayout;
import org.resnet4j.onednn.exec.InferenceContext;
import org.resnet4j.onednn.exec.Memory;
import org.resnet4j.onednn.exec.OneDnnLibrary;
import org.resnet4j.onednn.exec.TrainingContext;
import org.resnet4j.onednn.exec.UnaryOp;
import org.resnet4j.onednn.ir.Shapes;
import org.resnet4j.onednn.ir.Value;
import org.resnet4j.onednn.read.VertexReading;

/**
 * A blur of images with stride 2 and reflected edges: a matmul with constant weights along each
 * axis. The weights contain the reflection, so that no padded copy is needed, and their transposes
 * compute the gradient.
 */
public record Blur(String layer, Value input, Value output) implements UnaryOp {
  /** Checks the shapes. */
  public Blur {
    if (input.rank() != 4
        || output.rank() != 4
        || input.size(2) < 2
        || input.size(3) < 2
        || output.size(0) != input.size(0)
        || output.size(1) != input.size(1)
        || output.size(2) != (input.size(2) + 1) / 2
        || output.size(3) != (input.size(3) + 1) / 2) {
      throw Shapes.refused(layer, input + " is not twice as large as " + output);
    }
  }

  static Value read(BlurPoolVertex vertex, List<Value> inputs, VertexReading from) {
    Value in = from.only(inputs);
    if (in.rank() != 4 || in.size(2) < 2 || in.size(3) < 2) {
      throw from.mismatch("expected images of at least 2x2 pixels to blur but its input is " + in);
    }
    Value out =
        new Value(from.name(), in.size(0), in.size(1), (in.size(2) + 1) / 2, (in.size(3) + 1) / 2);
    return from.add(new Blur(from.name(), in, out));
  }

  @Override
  public boolean isOutputFree() {
    return true;
  }

  @Override
  public Runnable infer(InferenceContext to) {
    Assembly assembly = to.assembly;
    Buffer rows = assembly.persistent(layer, matrix(2, false, to));
    Buffer columns = assembly.persistent(layer, matrix(3, false, to));
    write(2, false, rows, to);
    write(3, false, columns, to);
    return () -> emit("forward", to.at(input), rows, columns, to.make(output), to);
  }

  @Override
  public Runnable forward(TrainingContext to) {
    emit(
        "forward",
        to.at(input),
        constant(2, false, to),
        constant(3, false, to),
        to.make(output),
        to);
    return to.backward(
        output,
        layer,
        out -> {
          Buffer into = to.assembly.planned(layer, to.layout(input));
          emit("backward", out.buffer(), constant(2, true, to), constant(3, true, to), into, to);
          to.addGradient(input, into, true);
        });
  }

  private Buffer constant(int axis, boolean backward, EmitContext to) {
    Buffer place = to.assembly.planned(layer, matrix(axis, backward, to));
    write(axis, backward, place, to);
    return place;
  }

  /** Returns the layout of the left factor along an axis, in the type of the images. */
  private dnnl_memory_desc matrix(int axis, boolean backward, EmitContext to) {
    long large = input.size(axis);
    long small = output.size(axis);
    long[] shape = backward ? new long[] {1, large, small} : new long[] {1, small, large};
    return to.assembly.layout(shape, to.type(output), dnnl.dnnl_abc);
  }

  /** Emits the step that writes the weights of an axis, transposed for the forward pass. */
  private void write(int axis, boolean backward, Buffer place, EmitContext to) {
    int large = Math.toIntExact(input.size(axis));
    int small = Math.toIntExact(output.size(axis));
    float[][] weights = BlurPoolVertex.weights(large);
    float[] values = new float[large * small];
    for (int from = 0; from < large; from++) {
      for (int at = 0; at < small; at++) {
        values[backward ? from * small + at : at * large + from] = weights[from][at];
      }
    }
    boolean isFloat = to.type(output) == OneDnnLibrary.F32;
    Buffer floats =
        isFloat
            ? place
            : to.assembly.planned(
                layer,
                to.assembly.layout(
                    matrixShape(backward, large, small), OneDnnLibrary.F32, dnnl.dnnl_abc));
    to.assembly.act(layer, "weights", () -> Memory.write(values, floats.address()), floats);
    if (!isFloat) {
      to.assembly.reorder(layer, "weights", floats, place);
    }
  }

  private static long[] matrixShape(boolean backward, long large, long small) {
    return backward ? new long[] {1, large, small} : new long[] {1, small, large};
  }

  /** Multiplies {@code from} by the weights of its rows, then by those of its columns. */
  private void emit(
      String work, Buffer from, Buffer rows, Buffer columns, Buffer into, EmitContext to) {
    boolean isForward = work.equals("forward");
    Value source = isForward ? input : output;
    Value result = isForward ? output : input;
    long block = to.imageLayout(input) == ImageLayout.BLOCKED ? ImageLayout.BLOCK : input.size(1);
    long maps = input.size(0) * input.size(1) / block;
    long width = source.size(3);
    int type = to.type(output);
    Buffer between =
        to.assembly.planned(
            layer,
            to.assembly.layout(
                new long[] {maps, result.size(2), width * block}, type, dnnl.dnnl_abc));
    matmul(work, rows, view(from, to, type, maps, source.size(2), width * block), between, to);
    long lines = maps * result.size(2);
    matmul(
        work,
        columns,
        view(between, to, type, lines, width, block),
        view(into, to, type, lines, result.size(3), block),
        to);
  }

  private static Buffer view(Buffer of, EmitContext to, int type, long... shape) {
    return to.assembly.view(of, to.assembly.layout(shape, type, dnnl.dnnl_abc));
  }

  private void matmul(String work, Buffer left, Buffer right, Buffer into, EmitContext to) {
    @Nullable dnnl_memory_desc noBias = null;
    dnnl_primitive_desc descriptor =
        to.assembly.describe(
            layer + ": blur",
            (made, engine) ->
                dnnl.dnnl_matmul_primitive_desc_create(
                    made,
                    engine,
                    left.layout,
                    right.layout,
                    noBias,
                    into.layout,
                    to.assembly.attributes()));
    to.assembly.execute(
        layer,
        work,
        descriptor,
        Argument.source(left),
        Argument.weights(right),
        Argument.destination(into));
  }
}
