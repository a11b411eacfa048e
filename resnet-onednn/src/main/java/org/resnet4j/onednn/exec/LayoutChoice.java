package org.resnet4j.onednn.exec;

/** The choice of the layout of a program's images (docs/adr/0008). */
final class LayoutChoice {
  private LayoutChoice() {}

  /** Returns the faster layout for {@code program}. */
  static ImageLayout of(Program program, boolean bfloat16, boolean training) {
    boolean fits =
        program.ops().stream().allMatch(op -> op.fitsBlocks() && op.output().int8() == null);
    if (!fits || bfloat16 || CpuFeatures.floats() < ImageLayout.BLOCK) {
      return ImageLayout.CHANNELS_LAST;
    }
    return CpuFeatures.hasAvx512() || isFastInBlocks(program, training)
        ? ImageLayout.BLOCKED
        : ImageLayout.CHANNELS_LAST;
  }

  /**
   * Returns whether no operation of {@code program} needs reference code in the blocked layout.
   * With AVX2 and on ARM64 oneDNN lacks some kernels, for example gradients with dilation, and
   * computes them by reference code, a thousand times as slowly.
   */
  private static boolean isFastInBlocks(Program program, boolean training) {
    EmitContext blocked = new EmitContext(ImageLayout.BLOCKED, false, program.channelsLast());
    try {
      return program.ops().stream()
          .allMatch(
              op ->
                  op.isFastInBlocks(
                      blocked, training, !program.inputs().contains(op.inputs().get(0))));
    } finally {
      blocked.assembly.abandon();
    }
  }
}
