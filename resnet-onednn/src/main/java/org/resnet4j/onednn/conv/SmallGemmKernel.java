package org.resnet4j.onednn.conv;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.exec.EmitContext;
import org.resnet4j.onednn.exec.FoldedWeights;
import org.resnet4j.onednn.exec.InferenceContext;
import org.resnet4j.onednn.ir.Value;

/** Inference convolutions for few output pixels by a JIT kernel. */
final class SmallGemmKernel implements ConvKernel {
  @Override
  public boolean supports(ConvShape op, Purpose purpose, EmitContext to) {
    return purpose == Purpose.INFERENCE && to.isBlocked() && SmallGemmConv.fits(op);
  }

  @Override
  public Runnable infer(
      ConvShape op, Supplier<FoldedWeights> folded, @Nullable Value addend, InferenceContext to) {
    return PackedConv.infer(op, folded, addend, to, new SmallGemmConv(to.assembly, op)::prepare);
  }
}
