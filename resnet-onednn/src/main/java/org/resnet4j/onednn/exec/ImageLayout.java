package org.resnet4j.onednn.exec;

import org.bytedeco.dnnl.global.dnnl;
import org.resnet4j.onednn.ir.Program;
import org.resnet4j.onednn.ir.Value;

/** How images lie in memory between two primitives: one layout for a whole program. */
enum ImageLayout {
  /** {@code [N, H, W, C]}. */
  CHANNELS_LAST(dnnl.dnnl_nhwc),
  /** {@code [N, C/16, H, W, 16]}, for channels that are multiples of 16. */
  BLOCKED(dnnl.dnnl_nChw16c);

  /** Channels of a block: what a vector of AVX-512 holds in single precision. */
  static final int BLOCK = 16;

  final int tag;

  ImageLayout(int tag) {
    this.tag = tag;
  }

  /** The faster one (docs/adr/0008). */
  static ImageLayout of(Program program, boolean bfloat16) {
    boolean fits =
        program.ops().stream()
            .map(op -> op.output())
            .filter(ImageLayout::isImage)
            .allMatch(value -> value.size(1) % BLOCK == 0);
    return fits && !bfloat16 && Native.hasAvx512() ? BLOCKED : CHANNELS_LAST;
  }

  private static boolean isImage(Value value) {
    return value.rank() == 4;
  }
}
