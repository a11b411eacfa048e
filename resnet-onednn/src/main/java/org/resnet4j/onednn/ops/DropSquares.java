package org.resnet4j.onednn.ops;

import java.util.function.LongSupplier;
import org.bytedeco.dnnl.global.dnnl;
import org.resnet4j.graph.DropBlock;
import org.resnet4j.onednn.exec.Assembly;
import org.resnet4j.onednn.exec.Buffer;
import org.resnet4j.onednn.exec.InferenceContext;
import org.resnet4j.onednn.exec.Memory;
import org.resnet4j.onednn.exec.OneDnnLibrary;
import org.resnet4j.onednn.exec.TrainingContext;
import org.resnet4j.onednn.exec.UnaryOp;
import org.resnet4j.onednn.ir.Shapes;
import org.resnet4j.onednn.ir.Value;

/** A dropout of squares of images, which multiplies each value by a factor; training only. */
public record DropSquares(String layer, Value input, Value output, DropBlock block)
    implements UnaryOp {
  /** Checks the shapes. */
  public DropSquares {
    Shapes.equal(layer, input, output);
    if (input.rank() != 4) {
      throw Shapes.refused(layer, input + " is not images");
    }
  }

  @Override
  public Runnable infer(InferenceContext to) {
    throw new AssertionError(layer + ": DropBlock is for training");
  }

  @Override
  public Runnable forward(TrainingContext to) {
    Assembly assembly = to.assembly;
    Buffer floats =
        assembly.planned(layer, assembly.layout(output.shape(), OneDnnLibrary.F32, dnnl.dnnl_nchw));
    int maps = Math.toIntExact(output.size(0) * output.size(1));
    int height = Math.toIntExact(output.size(2));
    int width = Math.toIntExact(output.size(3));
    LongSupplier seeds = to.seeds();
    assembly.act(
        layer,
        "factors",
        () -> Memory.write(block.factors(maps, height, width, seeds.getAsLong()), floats.address()),
        floats);
    Buffer factors = assembly.in(to.layout(output), floats, layer, "factors");
    to.product(layer, "forward", to.at(input), factors, to.make(output));
    return to.backward(
        output,
        layer,
        out -> {
          Buffer into = to.gradientTarget(out, layer);
          to.product(layer, "backward", out.buffer(), factors, into);
          to.addGradient(input, into, true);
        });
  }
}
