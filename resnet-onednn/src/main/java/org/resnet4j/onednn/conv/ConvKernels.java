package org.resnet4j.onednn.conv;

import java.util.List;
import org.resnet4j.onednn.exec.EmitContext;

/** The list of kernels, in the order in which they are asked. */
public final class ConvKernels {
  private static final List<ConvKernel> KERNELS =
      List.of(new Int8Kernel(), new WinogradKernel(), new SmallGemmKernel(), new PrimitiveKernel());

  private ConvKernels() {}

  /** Returns the first kernel that supports {@code op}; the last supports everything. */
  public static ConvKernel first(ConvShape op, Purpose purpose, EmitContext to) {
    return KERNELS.stream()
        .filter(kernel -> kernel.supports(op, purpose, to))
        .findFirst()
        .orElseThrow(() -> new AssertionError(op.layer() + ": no kernel"));
  }
}
