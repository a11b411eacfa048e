package org.resnet4j.onednn.exec;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.resnet4j.onednn.ir.Op;
import org.resnet4j.onednn.ir.Program;

/**
 * The check whether oneDNN has fast convolutions in the blocked layout. With AVX2 it lacks some,
 * for example gradients with dilation, and computes them by reference code, a thousand times as
 * slowly.
 */
final class BlockedConvolutions {
  private static final String SLOW = "ref";

  private final Lowering lowering = new Lowering(ImageLayout.BLOCKED, false);
  private final Program program;
  private final boolean training;

  private BlockedConvolutions(Program program, boolean training) {
    this.program = program;
    this.training = training;
  }

  /** Returns whether no convolution of {@code program} needs reference code. */
  static boolean areFast(Program program, boolean training) {
    BlockedConvolutions check = new BlockedConvolutions(program, training);
    try {
      return program.ops().stream()
          .allMatch(op -> !(op instanceof Op.Conv conv) || check.isFast(conv));
    } finally {
      check.lowering.assembly.abandon();
    }
  }

  private boolean isFast(Op.Conv op) {
    try {
      dnnl_memory_desc source = lowering.convSource(op.input(), training);
      dnnl_memory_desc weights =
          lowering.assembly.layout(op.weightShape(), Native.F32, dnnl.dnnl_format_tag_any);
      dnnl_memory_desc into = lowering.layout(op.output());
      dnnl_primitive_desc forward =
          lowering.descriptors.conv(
              op, training, source, weights, null, into, lowering.assembly.attributes());
      return !isSlow(forward)
          && (!training || areGradientsFast(op, source, weights, into, forward));
    } catch (IllegalStateException e) {
      // oneDNN has no implementation at all.
      return false;
    }
  }

  private boolean areGradientsFast(
      Op.Conv op,
      dnnl_memory_desc source,
      dnnl_memory_desc weights,
      dnnl_memory_desc into,
      dnnl_primitive_desc forward) {
    Descriptors descriptors = lowering.descriptors;
    boolean dataIsFast =
        program.inputs().contains(op.input())
            || !isSlow(
                descriptors.convBackwardData(
                    op, lowering.layout(op.input()), weights, into, forward));
    return dataIsFast
        && !isSlow(descriptors.convBackwardWeights(op, source, weights, null, into, forward));
  }

  private static boolean isSlow(dnnl_primitive_desc descriptor) {
    return Native.implementation(descriptor).startsWith(SLOW);
  }
}
