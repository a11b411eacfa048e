package org.resnet4j.onednn.exec;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.ir.Int8;
import org.resnet4j.onednn.ir.Nonlinearity;

/** Creates primitive descriptors; every error names the layer. */
public final class Descriptors {
  /** oneDNN's masks of scales: one for all elements, or one for each output of a convolution. */
  private static final int ONE_SCALE = 0;

  private static final int EACH_OUTPUT = 1;

  private final Assembly assembly;

  Descriptors(Assembly assembly) {
    this.assembly = assembly;
  }

  /** Returns attributes that add to the destination, then apply an activation. */
  public dnnl_primitive_attr attributes(boolean sum, Nonlinearity activation) {
    return attributes(sum, 1, dnnl.dnnl_data_type_undef, activation);
  }

  /**
   * Returns attributes of a convolution of 8-bit integers: scales of the weights and of the result,
   * a sum and an activation.
   *
   * @param result the representation of the result; null for floating point
   * @param addend the representation of what the result is added to
   */
  public dnnl_primitive_attr int8Attributes(
      @Nullable Int8 result, boolean sum, @Nullable Int8 addend, Nonlinearity activation) {
    dnnl_primitive_attr attributes =
        addend == null
            ? attributes(sum, activation)
            : attributes(sum, addend.scale(), OneDnnLibrary.type(addend), activation);
    scaled(attributes, dnnl.DNNL_ARG_WEIGHTS, EACH_OUTPUT);
    if (result != null) {
      scaled(attributes, dnnl.DNNL_ARG_DST, ONE_SCALE);
    }
    return attributes;
  }

  /** Returns attributes of a reorder from or to 8-bit integers; {@code role} has a scale. */
  public dnnl_primitive_attr scaled(int role) {
    dnnl_primitive_attr attributes = assembly.attributes();
    scaled(attributes, role, ONE_SCALE);
    return attributes;
  }

  private static void scaled(dnnl_primitive_attr attributes, int role, int mask) {
    OneDnnLibrary.check(
        dnnl.dnnl_primitive_attr_set_scales_mask(attributes, role, mask), "setting scales");
  }

  private dnnl_primitive_attr attributes(
      boolean sum, float scale, int type, Nonlinearity activation) {
    dnnl_primitive_attr attributes = assembly.attributes();
    if (sum || !activation.isIdentity()) {
      dnnl_post_ops operations = new dnnl_post_ops();
      OneDnnLibrary.check(dnnl.dnnl_post_ops_create(operations), "making post-operations");
      if (sum) {
        OneDnnLibrary.check(
            dnnl.dnnl_post_ops_append_sum(operations, scale, 0, type), "appending a sum");
      }
      if (!activation.isIdentity()) {
        OneDnnLibrary.check(
            dnnl.dnnl_post_ops_append_eltwise(
                operations, forward(activation), activation.alpha(), activation.beta()),
            "appending an activation");
      }
      OneDnnLibrary.check(
          dnnl.dnnl_primitive_attr_set_post_ops(attributes, operations), "setting post-operations");
      dnnl.dnnl_post_ops_destroy(operations);
    }
    return attributes;
  }

  private static int forward(Nonlinearity activation) {
    return switch (activation.kind()) {
      case RELU, LEAKY_RELU -> dnnl.dnnl_eltwise_relu;
      case CLIP -> dnnl.dnnl_eltwise_clip_v2;
      case SIGMOID -> dnnl.dnnl_eltwise_logistic;
      case TANH -> dnnl.dnnl_eltwise_tanh;
      case ELU -> dnnl.dnnl_eltwise_elu;
      case SWISH -> dnnl.dnnl_eltwise_swish;
      case GELU -> dnnl.dnnl_eltwise_gelu_erf;
      case HARD_SWISH -> dnnl.dnnl_eltwise_hardswish;
      case HARD_SIGMOID -> dnnl.dnnl_eltwise_hardsigmoid;
      case SOFTPLUS -> dnnl.dnnl_eltwise_soft_relu;
      case IDENTITY, SOFTMAX -> throw new AssertionError(activation + " is not elementwise");
    };
  }

  /**
   * Returns oneDNN's algorithm for the gradient of an activation: from its result if that is
   * enough, else from its input.
   */
  private static int backward(Nonlinearity activation) {
    if (!activation.isResultEnough()) {
      return forward(activation);
    }
    return switch (activation.kind()) {
      case RELU, LEAKY_RELU -> dnnl.dnnl_eltwise_relu_use_dst_for_bwd;
      case CLIP -> dnnl.dnnl_eltwise_clip_v2_use_dst_for_bwd;
      case SIGMOID -> dnnl.dnnl_eltwise_logistic_use_dst_for_bwd;
      case TANH -> dnnl.dnnl_eltwise_tanh_use_dst_for_bwd;
      case ELU -> dnnl.dnnl_eltwise_elu_use_dst_for_bwd;
      default -> throw new AssertionError(activation + " has no gradient from its result");
    };
  }

  /** Creates an activation of every element. */
  public dnnl_primitive_desc activation(
      String layer, boolean training, Nonlinearity activation, dnnl_memory_desc data) {
    int algorithm = training ? backward(activation) : forward(activation);
    return elementwise(layer, training, algorithm, activation.alpha(), activation.beta(), data);
  }

  /** Creates an elementwise function; {@code alpha} and {@code beta} have oneDNN's meaning. */
  public dnnl_primitive_desc elementwise(
      String layer,
      boolean training,
      int algorithm,
      float alpha,
      float beta,
      dnnl_memory_desc data) {
    return assembly.describe(
        layer + ": elementwise function",
        (made, engine) ->
            dnnl.dnnl_eltwise_forward_primitive_desc_create(
                made,
                engine,
                training ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference,
                algorithm,
                data,
                data,
                alpha,
                beta,
                assembly.attributes()));
  }

  /**
   * Creates the gradient of an activation, computed from its result if that is enough, else from
   * its input.
   */
  public dnnl_primitive_desc activationBackward(
      String layer, Nonlinearity activation, dnnl_memory_desc data) {
    dnnl_primitive_desc hint = activation(layer, true, activation, data);
    return assembly.describe(
        layer + ": gradient",
        (made, engine) ->
            dnnl.dnnl_eltwise_backward_primitive_desc_create(
                made,
                engine,
                backward(activation),
                data,
                data,
                data,
                activation.alpha(),
                activation.beta(),
                hint,
                assembly.attributes()));
  }

  /**
   * Creates a binary operation of values of one layout.
   *
   * @param algorithm oneDNN's, such as {@code dnnl_binary_add}
   */
  public dnnl_primitive_desc binary(
      String layer, int algorithm, dnnl_memory_desc data, Nonlinearity activation) {
    return binary(layer, algorithm, data, data, data, attributes(false, activation));
  }

  /** Creates a binary operation; where {@code right} has a size of 1, it is repeated. */
  public dnnl_primitive_desc binary(
      String layer,
      int algorithm,
      dnnl_memory_desc left,
      dnnl_memory_desc right,
      dnnl_memory_desc result,
      dnnl_primitive_attr attributes) {
    return assembly.describe(
        layer + ": sum or product",
        (made, engine) ->
            dnnl.dnnl_binary_primitive_desc_create(
                made, engine, algorithm, left, right, result, attributes));
  }
}
