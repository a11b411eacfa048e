package org.resnet4j.onednn.conv;

import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.exec.Buffer;
import org.resnet4j.onednn.exec.FoldedWeights;
import org.resnet4j.onednn.exec.InferenceContext;
import org.resnet4j.onednn.ir.Value;

/** A convolution with packed weights, which emits its forward pass. */
interface PackedConv {
  /**
   * Emits the forward pass, with the fused sum and activation.
   *
   * @param add whether to add to the destination instead of overwriting it
   */
  void forward(Buffer source, Buffer bias, boolean add, Buffer destination);

  /**
   * Emits the steps that pack weights.
   *
   * @param pack packs weights in Deeplearning4j's layout
   * @return emits the forward pass
   */
  static Runnable infer(
      ConvShape op,
      Supplier<FoldedWeights> folded,
      @Nullable Value addend,
      InferenceContext to,
      Function<Buffer, PackedConv> pack) {
    Buffer bias = to.assembly.persistent(op.layer(), op.bias(to));
    PackedConv conv = pack.apply(to.staged(op.layer(), folded, op.plainWeights(to), bias));
    return () ->
        conv.forward(to.at(op.input()), bias, addend != null, to.destination(op.output(), addend));
  }
}
