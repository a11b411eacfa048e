package org.resnet4j.onednn.exec;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.ir.Nonlinearity;
import org.resnet4j.onednn.ir.Op;
import org.resnet4j.onednn.ir.Window;

/** Creates primitive descriptors; every error names the layer. */
final class Descriptors {
  private final Assembly assembly;

  Descriptors(Assembly assembly) {
    this.assembly = assembly;
  }

  /** Returns attributes that add to the destination, then apply an activation. */
  dnnl_primitive_attr attributes(boolean sum, Nonlinearity activation) {
    dnnl_primitive_attr attributes = assembly.attributes();
    if (sum || activation != Nonlinearity.IDENTITY) {
      dnnl_post_ops operations = new dnnl_post_ops();
      Native.check(dnnl.dnnl_post_ops_create(operations), "making post-operations");
      if (sum) {
        Native.check(
            dnnl.dnnl_post_ops_append_sum(operations, 1, 0, dnnl.dnnl_data_type_undef),
            "appending a sum");
      }
      if (activation != Nonlinearity.IDENTITY) {
        Native.check(
            dnnl.dnnl_post_ops_append_eltwise(operations, forward(activation), 0, beta(activation)),
            "appending an activation");
      }
      Native.check(
          dnnl.dnnl_primitive_attr_set_post_ops(attributes, operations), "setting post-operations");
      dnnl.dnnl_post_ops_destroy(operations);
    }
    return attributes;
  }

  static int forward(Nonlinearity activation) {
    return switch (activation) {
      case RELU -> dnnl.dnnl_eltwise_relu;
      case RELU6 -> dnnl.dnnl_eltwise_clip_v2;
      case SIGMOID -> dnnl.dnnl_eltwise_logistic;
      case TANH -> dnnl.dnnl_eltwise_tanh;
      case IDENTITY, SOFTMAX -> throw new AssertionError(activation + " is not elementwise");
    };
  }

  /**
   * Returns oneDNN's algorithm for the gradient of an activation, computed from its result instead
   * of its input.
   */
  static int backward(Nonlinearity activation) {
    return switch (activation) {
      case RELU -> dnnl.dnnl_eltwise_relu_use_dst_for_bwd;
      case RELU6 -> dnnl.dnnl_eltwise_clip_v2_use_dst_for_bwd;
      case SIGMOID -> dnnl.dnnl_eltwise_logistic_use_dst_for_bwd;
      case TANH -> dnnl.dnnl_eltwise_tanh_use_dst_for_bwd;
      case IDENTITY, SOFTMAX -> throw new AssertionError(activation + " is not elementwise");
    };
  }

  static float beta(Nonlinearity activation) {
    return activation == Nonlinearity.RELU6 ? 6 : 0;
  }

  dnnl_primitive_desc conv(
      Op.Conv op,
      boolean training,
      dnnl_memory_desc source,
      dnnl_memory_desc weights,
      @Nullable dnnl_memory_desc bias,
      dnnl_memory_desc destination,
      dnnl_primitive_attr attributes) {
    dnnl_primitive_desc made = new dnnl_primitive_desc();
    Window window = op.window();
    Native.check(
        dnnl.dnnl_convolution_forward_primitive_desc_create(
            made,
            Native.engine(),
            training ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference,
            dnnl.dnnl_convolution_direct,
            source,
            weights,
            bias,
            destination,
            window.stride(),
            minusOne(window.dilation()),
            window.padBegin(),
            window.padEnd(),
            attributes),
        op.layer() + ": convolution");
    assembly.own(made);
    if (window.readsPaddingAlone(op.input())) {
      avoidBatchReduced(op.layer(), made);
    }
    return made;
  }

  /**
   * Selects another implementation than oneDNN 3.11's {@code brg_conv_fwd}. For outputs that read
   * only padding, it calls kernels that it has not generated, and the process crashes.
   */
  private static void avoidBatchReduced(String layer, dnnl_primitive_desc descriptor) {
    while (Native.implementation(descriptor).startsWith("brg")) {
      Native.check(
          dnnl.dnnl_primitive_desc_next_impl(descriptor),
          layer + ": a convolution with outputs that read only padding");
    }
  }

  dnnl_primitive_desc convBackwardData(
      Op.Conv op,
      dnnl_memory_desc source,
      dnnl_memory_desc weights,
      dnnl_memory_desc destination,
      dnnl_primitive_desc hint) {
    dnnl_primitive_desc made = new dnnl_primitive_desc();
    Window window = op.window();
    Native.check(
        dnnl.dnnl_convolution_backward_data_primitive_desc_create(
            made,
            Native.engine(),
            dnnl.dnnl_convolution_direct,
            source,
            weights,
            destination,
            window.stride(),
            minusOne(window.dilation()),
            window.padBegin(),
            window.padEnd(),
            hint,
            assembly.attributes()),
        op.layer() + ": gradient of the input");
    return assembly.own(made);
  }

  /**
   * Selects another implementation than oneDNN 3.11's {@code jit_1x1} for strided kernels of
   * channels that do not fill blocks. With several threads, it gives wrong gradients of weights and
   * writes beyond its memory.
   */
  private static void avoidUnitStride(Op.Conv op, dnnl_primitive_desc descriptor) {
    boolean strided = Math.max(op.window().stride()[0], op.window().stride()[1]) > 1;
    boolean whole =
        op.input().size(1) % ImageLayout.BLOCK == 0 && op.output().size(1) % ImageLayout.BLOCK == 0;
    if (!strided || whole) {
      return;
    }
    while (Native.implementation(descriptor).startsWith("jit_1x1")) {
      Native.check(
          dnnl.dnnl_primitive_desc_next_impl(descriptor),
          op.layer() + ": a strided 1×1 convolution of channels that do not fill blocks");
    }
  }

  dnnl_primitive_desc convBackwardWeights(
      Op.Conv op,
      dnnl_memory_desc source,
      dnnl_memory_desc weights,
      @Nullable dnnl_memory_desc bias,
      dnnl_memory_desc destination,
      dnnl_primitive_desc hint) {
    dnnl_primitive_desc made = new dnnl_primitive_desc();
    Window window = op.window();
    Native.check(
        dnnl.dnnl_convolution_backward_weights_primitive_desc_create(
            made,
            Native.engine(),
            dnnl.dnnl_convolution_direct,
            source,
            weights,
            bias,
            destination,
            window.stride(),
            minusOne(window.dilation()),
            window.padBegin(),
            window.padEnd(),
            hint,
            assembly.attributes()),
        op.layer() + ": gradient of the weights");
    assembly.own(made);
    avoidUnitStride(op, made);
    return made;
  }

  dnnl_primitive_desc dense(
      String layer,
      boolean training,
      dnnl_memory_desc source,
      dnnl_memory_desc weights,
      @Nullable dnnl_memory_desc bias,
      dnnl_memory_desc destination,
      dnnl_primitive_attr attributes) {
    dnnl_primitive_desc made = new dnnl_primitive_desc();
    Native.check(
        dnnl.dnnl_inner_product_forward_primitive_desc_create(
            made,
            Native.engine(),
            training ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference,
            source,
            weights,
            bias,
            destination,
            attributes),
        layer + ": matmul");
    return assembly.own(made);
  }

  dnnl_primitive_desc denseBackwardData(
      String layer,
      dnnl_memory_desc source,
      dnnl_memory_desc weights,
      dnnl_memory_desc destination,
      dnnl_primitive_desc hint) {
    dnnl_primitive_desc made = new dnnl_primitive_desc();
    Native.check(
        dnnl.dnnl_inner_product_backward_data_primitive_desc_create(
            made, Native.engine(), source, weights, destination, hint, assembly.attributes()),
        layer + ": gradient of the input");
    return assembly.own(made);
  }

  dnnl_primitive_desc denseBackwardWeights(
      String layer,
      dnnl_memory_desc source,
      dnnl_memory_desc weights,
      @Nullable dnnl_memory_desc bias,
      dnnl_memory_desc destination,
      dnnl_primitive_desc hint) {
    dnnl_primitive_desc made = new dnnl_primitive_desc();
    Native.check(
        dnnl.dnnl_inner_product_backward_weights_primitive_desc_create(
            made, Native.engine(), source, weights, bias, destination, hint, assembly.attributes()),
        layer + ": gradient of the weights");
    return assembly.own(made);
  }

  /**
   * Creates a batched matmul of the matrices of {@code left} and {@code right}, optionally added to
   * the destination.
   */
  dnnl_primitive_desc product(
      String layer,
      dnnl_memory_desc left,
      dnnl_memory_desc right,
      dnnl_memory_desc result,
      boolean add) {
    dnnl_primitive_desc made = new dnnl_primitive_desc();
    Native.check(
        dnnl.dnnl_matmul_primitive_desc_create(
            made,
            Native.engine(),
            left,
            right,
            null,
            result,
            attributes(add, Nonlinearity.IDENTITY)),
        layer + ": batched matmul");
    return assembly.own(made);
  }

  /**
   * Creates a batch normalisation.
   *
   * @param flags oneDNN's normalisation flags
   */
  dnnl_primitive_desc batchNorm(
      Op.BatchNorm op, boolean training, dnnl_memory_desc data, int flags) {
    dnnl_primitive_desc made = new dnnl_primitive_desc();
    Native.check(
        dnnl.dnnl_batch_normalization_forward_primitive_desc_create(
            made,
            Native.engine(),
            training ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference,
            data,
            data,
            (float) op.epsilon(),
            flags,
            assembly.attributes()),
        op.layer() + ": batch normalisation");
    return assembly.own(made);
  }

  dnnl_primitive_desc batchNormBackward(
      Op.BatchNorm op, dnnl_memory_desc data, int flags, boolean scaled, dnnl_primitive_desc hint) {
    dnnl_primitive_desc made = new dnnl_primitive_desc();
    Native.check(
        dnnl.dnnl_batch_normalization_backward_primitive_desc_create(
            made,
            Native.engine(),
            scaled ? dnnl.dnnl_backward : dnnl.dnnl_backward_data,
            data,
            data,
            data,
            (float) op.epsilon(),
            flags,
            hint,
            assembly.attributes()),
        op.layer() + ": gradient");
    return assembly.own(made);
  }

  dnnl_primitive_desc pool(
      Op.Pool op, boolean training, dnnl_memory_desc source, dnnl_memory_desc destination) {
    dnnl_primitive_desc made = new dnnl_primitive_desc();
    Window window = op.window();
    Native.check(
        dnnl.dnnl_pooling_forward_primitive_desc_create(
            made,
            Native.engine(),
            training ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference,
            algorithm(op.kind()),
            source,
            destination,
            window.stride(),
            window.kernel(),
            minusOne(window.dilation()),
            window.padBegin(),
            window.padEnd(),
            assembly.attributes()),
        op.layer() + ": pooling");
    return assembly.own(made);
  }

  dnnl_primitive_desc poolBackward(
      Op.Pool op, dnnl_memory_desc source, dnnl_memory_desc destination, dnnl_primitive_desc hint) {
    dnnl_primitive_desc made = new dnnl_primitive_desc();
    Window window = op.window();
    Native.check(
        dnnl.dnnl_pooling_backward_primitive_desc_create(
            made,
            Native.engine(),
            algorithm(op.kind()),
            source,
            destination,
            window.stride(),
            window.kernel(),
            minusOne(window.dilation()),
            window.padBegin(),
            window.padEnd(),
            hint,
            assembly.attributes()),
        op.layer() + ": gradient");
    return assembly.own(made);
  }

  private static int algorithm(Op.Pooling kind) {
    return switch (kind) {
      case MAXIMUM -> dnnl.dnnl_pooling_max;
      case AVERAGE -> dnnl.dnnl_pooling_avg_exclude_padding;
      case AVERAGE_WITH_PADDING -> dnnl.dnnl_pooling_avg_include_padding;
    };
  }

  /** Creates an elementwise function; {@code alpha} and {@code beta} have oneDNN's meaning. */
  dnnl_primitive_desc elementwise(
      String layer,
      boolean training,
      int algorithm,
      float alpha,
      float beta,
      dnnl_memory_desc data) {
    dnnl_primitive_desc made = new dnnl_primitive_desc();
    Native.check(
        dnnl.dnnl_eltwise_forward_primitive_desc_create(
            made,
            Native.engine(),
            training ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference,
            algorithm,
            data,
            data,
            alpha,
            beta,
            assembly.attributes()),
        layer + ": elementwise function");
    return assembly.own(made);
  }

  /** Creates the gradient of an activation, computed from its result. */
  dnnl_primitive_desc activationBackward(
      String layer, Nonlinearity activation, dnnl_memory_desc data) {
    int algorithm = backward(activation);
    float beta = beta(activation);
    dnnl_primitive_desc hint = elementwise(layer, true, algorithm, 0, beta, data);
    dnnl_primitive_desc made = new dnnl_primitive_desc();
    Native.check(
        dnnl.dnnl_eltwise_backward_primitive_desc_create(
            made,
            Native.engine(),
            algorithm,
            data,
            data,
            data,
            0,
            beta,
            hint,
            assembly.attributes()),
        layer + ": gradient");
    return assembly.own(made);
  }

  /**
   * Creates a binary operation.
   *
   * @param algorithm oneDNN's, such as {@code dnnl_binary_add}
   */
  dnnl_primitive_desc binary(
      String layer, int algorithm, dnnl_memory_desc data, Nonlinearity activation) {
    dnnl_primitive_desc made = new dnnl_primitive_desc();
    Native.check(
        dnnl.dnnl_binary_primitive_desc_create(
            made, Native.engine(), algorithm, data, data, data, attributes(false, activation)),
        layer + ": sum or product");
    return assembly.own(made);
  }

  /**
   * Creates a multiplication of images by {@code factors}.
   *
   * @param factors {@code [N, C, 1, 1]}, one for each channel of each image
   */
  dnnl_primitive_desc scaledChannels(
      String layer,
      dnnl_memory_desc images,
      dnnl_memory_desc factors,
      dnnl_primitive_attr attributes) {
    dnnl_primitive_desc made = new dnnl_primitive_desc();
    Native.check(
        dnnl.dnnl_binary_primitive_desc_create(
            made, Native.engine(), dnnl.dnnl_binary_mul, images, factors, images, attributes),
        layer + ": scaling of channels");
    return assembly.own(made);
  }

  /** Creates a softmax over axis 1. */
  dnnl_primitive_desc softmax(String layer, dnnl_memory_desc data) {
    dnnl_primitive_desc made = new dnnl_primitive_desc();
    Native.check(
        dnnl.dnnl_softmax_forward_primitive_desc_create(
            made,
            Native.engine(),
            dnnl.dnnl_forward_inference,
            dnnl.dnnl_softmax_accurate,
            data,
            data,
            1,
            assembly.attributes()),
        layer + ": softmax");
    return assembly.own(made);
  }

  private static long[] minusOne(long[] values) {
    return new long[] {values[0] - 1, values[1] - 1};
  }
}
