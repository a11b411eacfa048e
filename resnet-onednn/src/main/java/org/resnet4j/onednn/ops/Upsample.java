package org.resnet4j.onednn.ops;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.resnet4j.onednn.exec.Argument;
import org.resnet4j.onednn.exec.Buffer;
import org.resnet4j.onednn.exec.EmitContext;
import org.resnet4j.onednn.exec.InferenceContext;
import org.resnet4j.onednn.exec.TrainingContext;
import org.resnet4j.onednn.exec.UnaryOp;
import org.resnet4j.onednn.ir.Shapes;
import org.resnet4j.onednn.ir.Value;
import org.resnet4j.onednn.read.LayerReading;

/** A repetition of every row and column of images. */
public record Upsample(String layer, Value input, Value output) implements UnaryOp {
  /** Checks the shapes. */
  public Upsample {
    if (input.rank() != 4
        || output.rank() != 4
        || input.size(0) != output.size(0)
        || input.size(1) != output.size(1)
        || output.size(2) % input.size(2) != 0
        || output.size(3) % input.size(3) != 0) {
      throw Shapes.refused(layer, output + " does not repeat the rows and columns of " + input);
    }
  }

  static Value read(Upsampling2D configuration, Value in, LayerReading from) {
    from.expectImages(in, configuration.getFormat());
    int[] times = configuration.getSize();
    if (times.length != 2 || times[0] < 1 || times[1] < 1) {
      throw from.mismatch("expected to repeat rows and columns once or more often");
    }
    Value out =
        new Value(
            from.name(), in.size(0), in.size(1), in.size(2) * times[0], in.size(3) * times[1]);
    return from.add(new Upsample(from.name(), in, out));
  }

  @Override
  public Runnable infer(InferenceContext to) {
    return () -> emit(false, to);
  }

  @Override
  public Runnable forward(TrainingContext to) {
    dnnl_primitive_desc descriptor = emit(true, to);
    return to.backward(
        output,
        layer,
        out -> {
          Buffer into = to.assembly.planned(layer, to.layout(input));
          to.assembly.execute(
              layer,
              "backward",
              backwardDescriptor(descriptor, to),
              Argument.destinationGradient(out.buffer()),
              Argument.sourceGradient(into));
          to.addGradient(input, into, true);
        });
  }

  private dnnl_primitive_desc emit(boolean training, EmitContext to) {
    dnnl_memory_desc source = to.layout(input);
    dnnl_memory_desc result = to.layout(output);
    dnnl_primitive_desc descriptor =
        to.assembly.describe(
            layer + ": upsampling",
            (made, engine) ->
                dnnl.dnnl_resampling_forward_primitive_desc_create(
                    made,
                    engine,
                    training ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference,
                    dnnl.dnnl_resampling_nearest,
                    factors(),
                    source,
                    result,
                    to.assembly.attributes()));
    to.assembly.execute(
        layer,
        "forward",
        descriptor,
        Argument.source(to.at(input)),
        Argument.destination(to.make(output)));
    return descriptor;
  }

  private float[] factors() {
    return new float[] {
      (float) output.size(2) / input.size(2), (float) output.size(3) / input.size(3)
    };
  }

  private dnnl_primitive_desc backwardDescriptor(dnnl_primitive_desc forward, EmitContext to) {
    return to.assembly.describe(
        layer + ": gradient",
        (made, engine) ->
            dnnl.dnnl_resampling_backward_primitive_desc_create(
                made,
                engine,
                dnnl.dnnl_resampling_nearest,
                factors(),
                to.layout(input),
                to.layout(output),
                forward,
                to.assembly.attributes()));
  }
}
