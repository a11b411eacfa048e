package org.resnet4j.onednn.exec;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/** A convolution of the usual kind, which shows what oneDNN can do on this CPU. */
final class ProbeConvolution {
  /** The shape of input and output. */
  static final long[] IMAGES = {1, 128, 28, 28};

  private static final long[] WEIGHTS = {128, 128, 3, 3};
  private static final long[] ONE = {1, 1};
  private static final long[] ZERO = {0, 0};

  private ProbeConvolution() {}

  /**
   * Returns the convolution in inference.
   *
   * @param images the layout of input and output
   */
  static dnnl_primitive_desc descriptor(Assembly assembly, dnnl_memory_desc images, int type) {
    return assembly.describe(
        "a convolution that probes the CPU",
        (made, engine) ->
            dnnl.dnnl_convolution_forward_primitive_desc_create(
                made,
                engine,
                dnnl.dnnl_forward_inference,
                dnnl.dnnl_convolution_direct,
                images,
                assembly.layout(WEIGHTS, type, dnnl.dnnl_format_tag_any),
                null,
                images,
                ONE,
                ZERO,
                ONE,
                ONE,
                assembly.attributes()));
  }

  /**
   * Returns the name of oneDNN's implementation in single precision.
   *
   * @param tag oneDNN's number of the layout of input and output
   */
  static String implementation(int tag) {
    Assembly assembly = new Assembly(ImageLayout.CHANNELS_LAST);
    try {
      dnnl_memory_desc images = assembly.layout(IMAGES, OneDnnLibrary.F32, tag);
      return OneDnnLibrary.implementation(descriptor(assembly, images, OneDnnLibrary.F32));
    } finally {
      assembly.abandon();
    }
  }
}
