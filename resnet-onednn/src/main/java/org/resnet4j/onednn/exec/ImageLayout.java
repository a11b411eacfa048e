package org.resnet4j.onednn.exec;

import org.bytedeco.dnnl.global.dnnl;
import org.resnet4j.onednn.ir.Op;
import org.resnet4j.onednn.ir.Program;
import org.resnet4j.onednn.ir.Value;

/** The memory layout of images between primitives, one for a whole program. */
enum ImageLayout {
  /** {@code [N, H, W, C]}. */
  CHANNELS_LAST(dnnl.dnnl_nhwc),
  /** {@code [N, C / block, H, W, block]}, for channels that are multiples of a block. */
  BLOCKED(CpuFeatures.hasAvx512() ? dnnl.dnnl_nChw16c : dnnl.dnnl_nChw8c);

  /** The number of channels in a block: the floats in a register. */
  static final int BLOCK = CpuFeatures.hasAvx512() ? 16 : 8;

  final int tag;

  ImageLayout(int tag) {
    this.tag = tag;
  }

  /** Returns this layout, or channels last if {@code channels} do not fill blocks. */
  ImageLayout of(long channels) {
    return channels % BLOCK == 0 ? this : CHANNELS_LAST;
  }

  /** Returns the faster layout for {@code program} (docs/adr/0008). */
  static ImageLayout of(Program program, boolean bfloat16, boolean training) {
    boolean fits = program.ops().stream().allMatch(ImageLayout::fitsBlocks);
    if (!fits || bfloat16 || CpuFeatures.simd() == null) {
      return CHANNELS_LAST;
    }
    return CpuFeatures.hasAvx512() || BlockedConvolutions.areFast(program, training)
        ? BLOCKED
        : CHANNELS_LAST;
  }

  /**
   * Returns whether oneDNN has blocked kernels for {@code op}. It has none for groups that do not
   * fill a block.
   */
  private static boolean fitsBlocks(Op op) {
    long parts = op instanceof Op.Conv conv ? conv.groups() : 1;
    return isWhole(op.output(), parts) && (parts == 1 || isWhole(op.inputs().get(0), parts));
  }

  private static boolean isWhole(Value value, long parts) {
    return value.rank() != 4 || value.size(1) % (BLOCK * parts) == 0;
  }
}
