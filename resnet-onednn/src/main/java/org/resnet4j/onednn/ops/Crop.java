package org.resnet4j.onednn.ops;

import java.util.Arrays;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.resnet4j.onednn.exec.Buffer;
import org.resnet4j.onednn.exec.EmitContext;
import org.resnet4j.onednn.exec.InferenceContext;
import org.resnet4j.onednn.exec.TrainingContext;
import org.resnet4j.onednn.exec.UnaryOp;
import org.resnet4j.onednn.ir.Shapes;
import org.resnet4j.onednn.ir.Value;
import org.resnet4j.onednn.read.LayerReading;

/**
 * A part of images {@code [N, C, H, W]} with all channels.
 *
 * @param top number of rows before the part
 * @param left number of columns before the part
 */
public record Crop(String layer, Value input, Value output, long top, long left)
    implements UnaryOp {
  /** Checks the shapes. */
  public Crop {
    if (input.rank() != 4
        || output.rank() != 4
        || input.size(0) != output.size(0)
        || input.size(1) != output.size(1)
        || top < 0
        || left < 0
        || top + output.size(2) > input.size(2)
        || left + output.size(3) > input.size(3)) {
      throw Shapes.refused(
          layer, output + " at row " + top + " and column " + left + " is not a part of " + input);
    }
  }

  static Value read(Cropping2D configuration, Value in, LayerReading from) {
    from.expectImages(in, configuration.getDataFormat());
    int[] cropping = configuration.getCropping(); // top, bottom, left, right
    long height = in.size(2) - cropping[0] - cropping[1];
    long width = in.size(3) - cropping[2] - cropping[3];
    if (Arrays.stream(cropping).anyMatch(size -> size < 0) || height < 1 || width < 1) {
      throw from.mismatch(
          "expected cropping of 0 or more, and less than the image, but it is "
              + Arrays.toString(cropping)
              + " and its input is "
              + in);
    }
    Value out = new Value(from.name(), in.size(0), in.size(1), height, width);
    return from.add(new Crop(from.name(), in, out, cropping[0], cropping[2]));
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
          to.assembly.zero(layer, into);
          to.assembly.reorder(layer, "backward", out.buffer(), part(into, to));
          to.addGradient(input, into, true);
        });
  }

  private void emit(EmitContext to) {
    to.assembly.reorder(layer, "forward", part(to.at(input), to), to.make(output));
  }

  /** Returns the view of the part of an image. */
  private Buffer part(Buffer whole, EmitContext to) {
    return to.assembly.view(
        whole, to.assembly.part(whole.layout, output.shape(), new long[] {0, 0, top, left}));
  }
}
