package org.resnet4j.onednn.exec;

import java.util.function.Supplier;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.jspecify.annotations.Nullable;
import org.resnet4j.graph.Int8Weights;
import org.resnet4j.graph.NonFinite;
import org.resnet4j.onednn.ir.Value;

/** The context in which an operation emits inference. */
public final class InferenceContext extends EmitContext {
  private boolean finite = true;

  InferenceContext(ImageLayout images, boolean bfloat16, boolean channelsLast) {
    super(images, bfloat16, channelsLast);
  }

  /** Returns whether all packed parameters are finite. */
  boolean areParametersFinite() {
    return finite;
  }

  /** Forgets the parameters that were packed before. */
  void packAgain() {
    finite = true;
  }

  /** Records whether packed parameters are usable numbers; otherwise the program computes NaN. */
  public void requireFinite(boolean are) {
    finite &= are;
  }

  /** Writes parameters to {@code place}, and records whether they are finite. */
  public void put(float[] values, Buffer place) {
    requireFinite(NonFinite.first(values) < 0);
    Memory.write(values, place.address());
  }

  /** Returns the buffer of the output, which is the addend's if there is one. */
  public Buffer destination(Value output, @Nullable Value addend) {
    if (addend == null) {
      return make(output);
    }
    Buffer taken = at(addend);
    place(output, taken);
    return taken;
  }

  /** Returns a buffer of folded weights in the layout {@code plain}, and fills in the bias. */
  public Buffer staged(
      String layer, Supplier<FoldedWeights> source, dnnl_memory_desc plain, Buffer bias) {
    Buffer staging = assembly.planned(layer, plain);
    assembly.act(
        layer,
        "weights",
        () -> {
          FoldedWeights folded = source.get();
          requireFinite(folded.areFinite());
          Memory.write(folded.weights, staging.address());
          Memory.write(folded.bias, bias.address());
        },
        staging,
        bias);
    return staging;
  }

  /** The buffers of a convolution's 8-bit weights, its scales and its bias. */
  public record Int8Parameters(Buffer weights, Buffer scales, Buffer bias) {}

  /**
   * Emits the step that rounds folded weights to 8-bit integers.
   *
   * @param inputs number of input channels
   * @param scale of the input, by which the scales of the weights are multiplied
   */
  public void stage(
      String layer, Supplier<FoldedWeights> source, int inputs, float scale, Int8Parameters into) {
    assembly.act(
        layer,
        "weights",
        () -> {
          FoldedWeights folded = source.get();
          requireFinite(folded.areFinite());
          Int8Weights rounded = Int8Weights.of(folded.weights, folded.bias.length, inputs);
          float[] scales = rounded.scales(scale);
          Memory.write(rounded.values(), into.weights.address());
          put(Int8Weights.bias(folded.bias, scales), into.bias);
          put(scales, into.scales);
        },
        into.weights,
        into.scales,
        into.bias);
  }

  /** Returns a buffer that holds {@code number} after the parameters were packed. */
  public Buffer number(String layer, float number) {
    Buffer place =
        assembly.persistent(layer, assembly.layout(new long[] {1}, OneDnnLibrary.F32, dnnl.dnnl_a));
    assembly.act(layer, "weights", () -> put(new float[] {number}, place), place);
    return place;
  }

  /**
   * The values and weights of a primitive with weights and a bias.
   *
   * @param addend added to the result, which overwrites it
   * @param plain the layout in which Deeplearning4j stores the weights
   */
  public record Weighted(
      String layer,
      Value input,
      Value output,
      @Nullable Value addend,
      Supplier<FoldedWeights> folded,
      dnnl_memory_desc plain,
      dnnl_memory_desc bias) {}

  /**
   * Emits the steps that pack weights and bias for the primitive {@code descriptor}.
   *
   * @return emits the primitive
   */
  public Runnable weighted(Weighted op, dnnl_primitive_desc descriptor) {
    String layer = op.layer;
    Buffer weights = assembly.persistent(layer, Assembly.wanted(descriptor, dnnl.DNNL_ARG_WEIGHTS));
    Buffer bias = assembly.persistent(layer, op.bias);
    assembly.reorder(layer, "weights", staged(layer, op.folded, op.plain, bias), weights);
    return () -> {
      dnnl_memory_desc result = Assembly.wanted(descriptor, dnnl.DNNL_ARG_DST);
      Buffer in = at(op.input, Assembly.wanted(descriptor, dnnl.DNNL_ARG_SRC), layer);
      Buffer out =
          OneDnnLibrary.equal(result, layout(op.output))
              ? destination(op.output, op.addend)
              : assembly.planned(op.output.name(), result);
      assembly.execute(
          layer,
          "forward",
          descriptor,
          Argument.source(in),
          Argument.weights(weights),
          Argument.bias(bias),
          Argument.destination(out));
      place(op.output, assembly.in(layout(op.output), out, layer, "output layout"));
    };
  }
}
