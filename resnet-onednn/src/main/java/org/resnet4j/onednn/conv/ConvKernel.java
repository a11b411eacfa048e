package org.resnet4j.onednn.conv;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.exec.Buffer;
import org.resnet4j.onednn.exec.EmitContext;
import org.resnet4j.onednn.exec.FoldedWeights;
import org.resnet4j.onednn.exec.InferenceContext;
import org.resnet4j.onednn.exec.TrainingContext;
import org.resnet4j.onednn.ir.Parameter;
import org.resnet4j.onednn.ir.Value;

/**
 * A way to compute convolutions. A kernel emits only what it supports; one for inference alone
 * leaves out training.
 */
public interface ConvKernel {
  /** Returns whether this kernel computes {@code op}, and is faster than those after it. */
  boolean supports(ConvShape op, Purpose purpose, EmitContext to);

  /**
   * Emits the steps that pack weights and bias.
   *
   * @param addend added to the result, which overwrites it
   * @return emits the forward pass
   */
  Runnable infer(
      ConvShape op, Supplier<FoldedWeights> folded, @Nullable Value addend, InferenceContext to);

  /** Emits the forward pass of training; {@code weights} has Deeplearning4j's layout. */
  default void forward(ConvShape op, Buffer weights, @Nullable Buffer bias, TrainingContext to) {
    throw inferenceOnly(op);
  }

  /** Emits the gradient of the input, and returns it. */
  default Buffer backwardData(ConvShape op, Buffer weights, Buffer gradient, TrainingContext to) {
    throw inferenceOnly(op);
  }

  /**
   * Emits the gradients of the weights and of the bias.
   *
   * @param bias the buffer for the gradient of the bias, if it is wanted
   */
  default void backwardWeights(
      ConvShape op, Parameter weights, @Nullable Buffer bias, Buffer gradient, TrainingContext to) {
    throw inferenceOnly(op);
  }

  private static AssertionError inferenceOnly(ConvShape op) {
    return new AssertionError(op.layer() + ": this kernel is for inference");
  }
}
