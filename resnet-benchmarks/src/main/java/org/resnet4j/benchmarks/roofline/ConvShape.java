package org.resnet4j.benchmarks.roofline;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_backward_data_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_backward_weights_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_direct;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_forward_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_f32;
import static org.bytedeco.dnnl.global.dnnl.dnnl_format_tag_any;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_inference;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_training;

import java.util.List;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Shape;

/** The properties of a convolution that determine its time. */
record ConvShape(
    Shape input,
    Shape output,
    int kernel,
    int stride,
    int padding,
    int groups,
    boolean readsImages) {

  /** The passes of a convolution. */
  enum Pass {
    INFERENCE,
    FORWARD,
    BACKWARD_DATA,
    BACKWARD_WEIGHTS
  }

  static ConvShape of(Node.Conv conv, Node input) {
    return new ConvShape(
        input.output(),
        conv.output(),
        conv.kernel(),
        conv.stride(),
        conv.padding(),
        conv.groups(),
        input instanceof Node.Input);
  }

  /** Returns the passes of one training step. */
  List<Pass> training() {
    return readsImages
        ? List.of(Pass.FORWARD, Pass.BACKWARD_WEIGHTS)
        : List.of(Pass.FORWARD, Pass.BACKWARD_DATA, Pass.BACKWARD_WEIGHTS);
  }

  /** Returns the seconds in one layout. */
  double seconds(Primitives primitives, Pass pass, Layout layout, int batch, int type) {
    dnnl_memory_desc source = layout.images(batch, input, type);
    dnnl_memory_desc result = layout.images(batch, output, type);
    dnnl_memory_desc weights = weights(type);
    long[] strides = {stride, stride};
    long[] dilates = {0, 0};
    long[] pad = {padding, padding};
    int forwardKind = pass == Pass.INFERENCE ? dnnl_forward_inference : dnnl_forward_training;
    dnnl_primitive_desc forward =
        primitives.descriptor(
            (made, engine) ->
                dnnl_convolution_forward_primitive_desc_create(
                    made,
                    engine,
                    forwardKind,
                    dnnl_convolution_direct,
                    source,
                    weights,
                    null,
                    result,
                    strides,
                    dilates,
                    pad,
                    pad,
                    null));
    return switch (pass) {
      case INFERENCE, FORWARD ->
          primitives.seconds(forward, DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST);
      case BACKWARD_DATA ->
          primitives.seconds(
              primitives.descriptor(
                  (made, engine) ->
                      dnnl_convolution_backward_data_primitive_desc_create(
                          made,
                          engine,
                          dnnl_convolution_direct,
                          source,
                          weights,
                          result,
                          strides,
                          dilates,
                          pad,
                          pad,
                          forward,
                          null)),
              DNNL_ARG_DIFF_SRC,
              DNNL_ARG_WEIGHTS,
              DNNL_ARG_DIFF_DST);
      case BACKWARD_WEIGHTS ->
          primitives.seconds(
              primitives.descriptor(
                  (made, engine) ->
                      dnnl_convolution_backward_weights_primitive_desc_create(
                          made,
                          engine,
                          dnnl_convolution_direct,
                          source,
                          weights(dnnl_f32),
                          null,
                          result,
                          strides,
                          dilates,
                          pad,
                          pad,
                          forward,
                          null)),
              DNNL_ARG_SRC,
              DNNL_ARG_DIFF_WEIGHTS,
              DNNL_ARG_DIFF_DST);
    };
  }

  private dnnl_memory_desc weights(int type) {
    long out = output.channels();
    long in = input.channels();
    return groups == 1
        ? Primitives.tensor(type, dnnl_format_tag_any, out, in, kernel, kernel)
        : Primitives.tensor(
            type, dnnl_format_tag_any, groups, out / groups, in / groups, kernel, kernel);
  }
}
