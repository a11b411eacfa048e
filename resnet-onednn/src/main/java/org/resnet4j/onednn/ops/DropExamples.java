package org.resnet4j.onednn.ops;

import java.util.Arrays;
import java.util.function.LongSupplier;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.resnet4j.graph.StochasticDepth;
import org.resnet4j.onednn.exec.Argument;
import org.resnet4j.onednn.exec.Assembly;
import org.resnet4j.onednn.exec.Buffer;
import org.resnet4j.onednn.exec.InferenceContext;
import org.resnet4j.onednn.exec.Memory;
import org.resnet4j.onednn.exec.OneDnnLibrary;
import org.resnet4j.onednn.exec.TrainingContext;
import org.resnet4j.onednn.exec.UnaryOp;
import org.resnet4j.onednn.ir.Nonlinearity;
import org.resnet4j.onednn.ir.Shapes;
import org.resnet4j.onednn.ir.Value;

/** A dropout of whole examples, which scales each example by a factor; training only. */
public record DropExamples(String layer, Value input, Value output, StochasticDepth depth)
    implements UnaryOp {
  /** Checks the shapes. */
  public DropExamples {
    Shapes.equal(layer, input, output);
  }

  @Override
  public Runnable infer(InferenceContext to) {
    throw new AssertionError(layer + ": stochastic depth is for training");
  }

  @Override
  public Runnable forward(TrainingContext to) {
    Assembly assembly = to.assembly;
    long[] each = new long[output.rank()];
    Arrays.fill(each, 1);
    each[0] = output.size(0);
    dnnl_memory_desc layout = assembly.layout(each, OneDnnLibrary.F32);
    Buffer factors = assembly.planned(layer, layout);
    int examples = Math.toIntExact(output.size(0));
    LongSupplier seeds = to.seeds();
    assembly.act(
        layer,
        "factors",
        () -> Memory.write(floats(depth.factors(examples, seeds.getAsLong())), factors.address()),
        factors);
    scale("forward", to.at(input), factors, to.make(output), to);
    return to.backward(
        output,
        layer,
        out -> {
          Buffer into = to.gradientTarget(out, layer);
          scale("backward", out.buffer(), factors, into, to);
          to.addGradient(input, into, true);
        });
  }

  private static float[] floats(double... values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  private void scale(String work, Buffer values, Buffer factors, Buffer into, TrainingContext to) {
    to.assembly.execute(
        layer,
        work,
        to.descriptors.binary(
            layer,
            dnnl.dnnl_binary_mul,
            values.layout,
            factors.layout,
            into.layout,
            to.descriptors.attributes(false, Nonlinearity.IDENTITY)),
        Argument.source(values),
        Argument.secondSource(factors),
        Argument.destination(into));
  }
}
