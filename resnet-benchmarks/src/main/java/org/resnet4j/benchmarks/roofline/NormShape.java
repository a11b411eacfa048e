package org.resnet4j.benchmarks.roofline;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SCALE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SHIFT;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_MEAN;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCALE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SHIFT;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_VARIANCE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WORKSPACE;
import static org.bytedeco.dnnl.global.dnnl.dnnl_backward;
import static org.bytedeco.dnnl.global.dnnl.dnnl_batch_normalization_backward_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_batch_normalization_forward_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_training;
import static org.bytedeco.dnnl.global.dnnl.dnnl_fuse_norm_relu;
import static org.bytedeco.dnnl.global.dnnl.dnnl_use_scale;
import static org.bytedeco.dnnl.global.dnnl.dnnl_use_shift;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.resnet4j.arch.Shape;

/**
 * The properties of a batch norm that determine its time.
 *
 * @param relu whether only a ReLU reads the output, which oneDNN then fuses
 */
record NormShape(Shape shape, boolean relu) {
  private static final float EPSILON = 1e-5f;

  /** The passes of a training step. */
  enum Pass {
    FORWARD,
    BACKWARD
  }

  /** Returns the seconds in one layout. */
  double seconds(Primitives primitives, Pass pass, Layout layout, int batch, int type) {
    dnnl_memory_desc data = layout.images(batch, shape, type);
    int flags = dnnl_use_scale | dnnl_use_shift | (relu ? dnnl_fuse_norm_relu : 0);
    dnnl_primitive_desc forward =
        primitives.descriptor(
            (made, engine) ->
                dnnl_batch_normalization_forward_primitive_desc_create(
                    made, engine, dnnl_forward_training, data, data, EPSILON, flags, null));
    if (pass == Pass.FORWARD) {
      return primitives.seconds(
          forward,
          arguments(
              DNNL_ARG_SRC,
              DNNL_ARG_DST,
              DNNL_ARG_MEAN,
              DNNL_ARG_VARIANCE,
              DNNL_ARG_SCALE,
              DNNL_ARG_SHIFT));
    }
    return primitives.seconds(
        primitives.descriptor(
            (made, engine) ->
                dnnl_batch_normalization_backward_primitive_desc_create(
                    made, engine, dnnl_backward, data, data, data, EPSILON, flags, forward, null)),
        arguments(
            DNNL_ARG_SRC,
            DNNL_ARG_MEAN,
            DNNL_ARG_VARIANCE,
            DNNL_ARG_SCALE,
            DNNL_ARG_DIFF_DST,
            DNNL_ARG_DIFF_SRC,
            DNNL_ARG_DIFF_SCALE,
            DNNL_ARG_DIFF_SHIFT));
  }

  private int[] arguments(int... always) {
    return relu
        ? IntStream.concat(Arrays.stream(always), IntStream.of(DNNL_ARG_WORKSPACE)).toArray()
        : always;
  }
}
