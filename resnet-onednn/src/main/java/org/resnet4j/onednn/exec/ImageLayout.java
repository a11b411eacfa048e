package org.resnet4j.onednn.exec;

import org.bytedeco.dnnl.global.dnnl;
import org.resnet4j.onednn.ir.Value;

/** The memory layout of images between primitives, one for a whole program. */
public enum ImageLayout {
  /** {@code [N, H, W, C]}. */
  CHANNELS_LAST(dnnl.dnnl_nhwc),
  /** {@code [N, C / block, H, W, block]}, for channels that are multiples of a block. */
  BLOCKED(CpuFeatures.floats() == 16 ? dnnl.dnnl_nChw16c : dnnl.dnnl_nChw8c);

  /** The number of channels in a block: the floats in a register, at least 8. */
  public static final int BLOCK = Math.max(CpuFeatures.floats(), 8);

  public final int tag;

  ImageLayout(int tag) {
    this.tag = tag;
  }

  /** Returns this layout, or channels last if {@code channels} do not fill blocks. */
  ImageLayout of(long channels) {
    return channels % BLOCK == 0 ? this : CHANNELS_LAST;
  }

  /** Returns whether an image consists of {@code parts} equal parts of whole blocks of channels. */
  public static boolean isWhole(Value value, long parts) {
    return value.rank() != 4 || value.size(1) % (BLOCK * parts) == 0;
  }
}
