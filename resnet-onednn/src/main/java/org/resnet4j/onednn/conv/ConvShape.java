package org.resnet4j.onednn.conv;

import java.util.Arrays;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.resnet4j.onednn.exec.EmitContext;
import org.resnet4j.onednn.exec.OneDnnLibrary;
import org.resnet4j.onednn.ir.FilterOrder;
import org.resnet4j.onednn.ir.Nonlinearity;
import org.resnet4j.onednn.ir.Value;
import org.resnet4j.onednn.ir.Window;

/**
 * The shape of a convolution, from which a kernel decides whether to compute it.
 *
 * @param stored the shape of the weights in Deeplearning4j
 * @param order the order of {@code stored}
 * @param activation fused into the convolution in inference
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ConvShape(
    String layer,
    Value input,
    Value output,
    Window window,
    long[] stored,
    FilterOrder order,
    Nonlinearity activation) {
  /**
   * The number of pixels in a batch up to which reading the weights from memory limits a
   * convolution (docs/adr/0008).
   */
  private static final long FEW_PIXELS = 64;

  /** Returns the shape {@code [out, in / groups, kH, kW]} of the weights. */
  private long[] weights() {
    return order.shape(stored);
  }

  /** Returns the number of groups: equal parts of the channels, each computed separately. */
  public long groups() {
    return input.size(1) / weights()[1];
  }

  /**
   * Returns the shape of the weights: {@code [out, in, kH, kW]}, or with several groups {@code
   * [groups, out / groups, in / groups, kH, kW]}. The bytes are the same.
   */
  long[] weightShape() {
    long groups = groups();
    long[] weights = weights();
    return groups == 1
        ? weights
        : new long[] {groups, weights[0] / groups, weights[1], weights[2], weights[3]};
  }

  /**
   * Returns the layout in which Deeplearning4j stores a convolution's weights and their gradient.
   */
  public dnnl_memory_desc plainWeights(EmitContext to) {
    long[] shape = weightShape();
    if (!order.isPlain(stored)) {
      long[] strides = order.strides(stored);
      return to.assembly.strided(
          shape, Arrays.copyOfRange(strides, strides.length - shape.length, strides.length));
    }
    return to.assembly.layout(
        shape, OneDnnLibrary.F32, shape.length == 5 ? dnnl.dnnl_goihw : dnnl.dnnl_oihw);
  }

  /** Returns the layout of the bias. */
  dnnl_memory_desc bias(EmitContext to) {
    return to.assembly.layout(new long[] {output.size(1)}, OneDnnLibrary.F32, dnnl.dnnl_a);
  }

  /** Returns whether the weights are read for few pixels. */
  boolean hasFewPixels() {
    long[] out = output.shape();
    return groups() == 1 && out[0] * out[2] * out[3] <= FEW_PIXELS;
  }
}
