package org.resnet4j.onednn.ops;

import java.util.Arrays;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.resnet4j.graph.PadChannelsVertex;
import org.resnet4j.onednn.exec.Buffer;
import org.resnet4j.onednn.exec.EmitContext;
import org.resnet4j.onednn.exec.ImageLayout;
import org.resnet4j.onednn.exec.InferenceContext;
import org.resnet4j.onednn.exec.TrainingContext;
import org.resnet4j.onednn.exec.UnaryOp;
import org.resnet4j.onednn.ir.Shapes;
import org.resnet4j.onednn.ir.Value;
import org.resnet4j.onednn.read.LayerReading;
import org.resnet4j.onednn.read.VertexReading;

/**
 * A zero padding of {@code [N, C, H, W]}.
 *
 * @param before number of zeros before the input along each axis
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Pad(String layer, Value input, Value output, long[] before) implements UnaryOp {
  /** Checks the shapes. */
  public Pad {
    boolean fits = input.rank() == 4 && output.rank() == 4 && before.length == 4;
    for (int axis = 0; fits && axis < 4; axis++) {
      fits = before[axis] >= 0 && before[axis] + input.size(axis) <= output.size(axis);
    }
    if (!fits || input.size(0) != output.size(0)) {
      throw Shapes.refused(
          layer, input + " at " + Arrays.toString(before) + " is not a part of " + output);
    }
  }

  static Value read(ZeroPaddingLayer configuration, Value in, LayerReading from) {
    from.expectImages(in, configuration.getDataFormat());
    int[] padding = configuration.getPadding(); // top, bottom, left, right
    if (padding.length != 4 || Arrays.stream(padding).anyMatch(size -> size < 0)) {
      throw from.mismatch(
          "expected padding of 0 or more on four sides but it is " + Arrays.toString(padding));
    }
    Value out =
        new Value(
            from.name(),
            in.size(0),
            in.size(1),
            padding[0] + in.size(2) + padding[1],
            padding[2] + in.size(3) + padding[3]);
    return from.add(new Pad(from.name(), in, out, new long[] {0, 0, padding[0], padding[2]}));
  }

  static Value read(PadChannelsVertex vertex, List<Value> inputs, VertexReading from) {
    Value in = from.only(inputs);
    int before = vertex.before();
    int after = vertex.after();
    if (in.rank() != 4 || before < 0 || after < 0) {
      throw from.mismatch(
          "expected 0 or more channels before and after images but they are "
              + before
              + " and "
              + after
              + ", and its input is "
              + in);
    }
    long channels = before + in.size(1) + after;
    Value out = new Value(from.name(), in.size(0), channels, in.size(2), in.size(3));
    return from.add(new Pad(from.name(), in, out, new long[] {0, before, 0, 0}));
  }

  @Override
  public Runnable infer(InferenceContext to) {
    return () -> emit(to);
  }

  @Override
  public Runnable forward(TrainingContext to) {
    emit(to);
    return to.backward(
        output,
        layer,
        out -> {
          Buffer into = to.assembly.planned(layer, to.layout(input));
          Buffer padded = to.assembly.in(padding(to), out.buffer(), layer, "backward");
          to.assembly.reorder(layer, "backward", middle(padded, to), into);
          to.addGradient(input, into, true);
        });
  }

  private void emit(EmitContext to) {
    Buffer out = to.assembly.planned(output.name(), padding(to));
    to.assembly.zero(layer, out);
    to.assembly.reorder(layer, "forward", to.at(input), middle(out, to));
    to.place(output, to.assembly.in(to.layout(output), out, layer, "forward"));
  }

  /** Returns the padded value's layout, or channels last if the padding begins within a block. */
  private dnnl_memory_desc padding(EmitContext to) {
    return before[1] % ImageLayout.BLOCK != 0 ? to.channelsLast(output) : to.layout(output);
  }

  /** Returns a view of a padded value without its padding. */
  private Buffer middle(Buffer padded, EmitContext to) {
    return to.assembly.view(padded, to.assembly.part(padded.layout, input.shape(), before.clone()));
  }
}
