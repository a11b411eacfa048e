package org.resnet4j.benchmarks.roofline;

import static org.bytedeco.dnnl.global.dnnl.dnnl_aBcd16b;
import static org.bytedeco.dnnl.global.dnnl.dnnl_aBcd8b;
import static org.bytedeco.dnnl.global.dnnl.dnnl_abcd;
import static org.bytedeco.dnnl.global.dnnl.dnnl_acdb;
import static org.bytedeco.dnnl.global.dnnl.dnnl_format_tag_any;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.resnet4j.arch.Shape;
import org.resnet4j.onednn.exec.CpuFeatures;

/** The memory layout of images. */
enum Layout {
  /** The layout that the primitive chooses; convolutions only. */
  ANY(dnnl_format_tag_any),
  /** {@code [N, H, W, C]}. */
  CHANNELS_LAST(dnnl_acdb),
  /**
   * Blocks of 16 channels with AVX-512, else of 8; {@code [N, C, H, W]} for images of up to 3
   * channels.
   */
  BLOCKED(CpuFeatures.floats() == 16 ? dnnl_aBcd16b : dnnl_aBcd8b);

  private static final int COLOURS = 3;

  private final int tag;

  Layout(int tag) {
    this.tag = tag;
  }

  dnnl_memory_desc images(int batch, Shape shape, int type) {
    boolean plain = this == BLOCKED && shape.channels() <= COLOURS;
    return Primitives.tensor(
        type, plain ? dnnl_abcd : tag, batch, shape.channels(), shape.height(), shape.width());
  }
}
