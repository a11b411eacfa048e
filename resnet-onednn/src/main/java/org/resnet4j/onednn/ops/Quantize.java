package org.resnet4j.onednn.ops;

import java.util.Objects;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.resnet4j.onednn.exec.Argument;
import org.resnet4j.onednn.exec.Buffer;
import org.resnet4j.onednn.exec.InferenceContext;
import org.resnet4j.onednn.exec.TrainingContext;
import org.resnet4j.onednn.exec.UnaryOp;
import org.resnet4j.onednn.ir.Int8;
import org.resnet4j.onednn.ir.Shapes;
import org.resnet4j.onednn.ir.Value;

/** A conversion from single precision to 8-bit integers, or back. */
public record Quantize(String layer, Value input, Value output) implements UnaryOp {
  /** Checks shapes and types. */
  public Quantize {
    Shapes.equal(layer, input, output);
    if ((input.int8() == null) == (output.int8() == null)) {
      throw new AssertionError(layer + ": expected integers on one side");
    }
  }

  @Override
  public Runnable infer(InferenceContext to) {
    Int8 into = output.int8();
    int role = into == null ? dnnl.DNNL_ARG_SRC : dnnl.DNNL_ARG_DST;
    Int8 integers = into == null ? Objects.requireNonNull(input.int8()) : into;
    Buffer scale = to.number(layer, integers.scale());
    return () -> {
      Buffer source = to.at(input);
      Buffer result = to.make(output);
      dnnl_primitive_desc descriptor =
          to.assembly.describe(
              layer + ": 8-bit integers",
              (made, engine) ->
                  dnnl.dnnl_reorder_primitive_desc_create(
                      made,
                      source.layout,
                      engine,
                      result.layout,
                      engine,
                      to.descriptors.scaled(role)));
      to.assembly.execute(
          layer,
          into == null ? "from integers" : "to integers",
          descriptor,
          Argument.source(source),
          Argument.destination(result),
          Argument.scales(role, scale));
    };
  }

  @Override
  public Runnable forward(TrainingContext to) {
    throw new AssertionError(layer + ": 8-bit integers are not trained");
  }
}
