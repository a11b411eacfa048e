package org.resnet4j.onednn.exec;

import java.util.List;
import org.resnet4j.onednn.ir.Value;

/**
 * An operation of a program. It emits its own steps; programs know operations only through this
 * interface.
 */
public interface Op {
  /** Returns the name of the vertex that the operation comes from. */
  String layer();

  List<Value> inputs();

  Value output();

  /**
   * Emits the steps that pack the parameters for inference.
   *
   * @return emits the forward pass, after all operations have packed their parameters
   */
  Runnable infer(InferenceContext to);

  /**
   * Emits the forward pass of training.
   *
   * @return emits the backward pass, in the reverse order of the operations
   */
  Runnable forward(TrainingContext to);

  /** Returns whether the backward pass computes gradients of this operation's own parameters. */
  default boolean isTrained() {
    return false;
  }

  /**
   * Returns whether a reader may overwrite the output, because the backward pass does not read it.
   */
  default boolean isOutputFree() {
    return false;
  }

  /** Returns whether the results are independent of a constant that is added to a channel. */
  default boolean removesMean() {
    return false;
  }

  /** Returns whether oneDNN has kernels for this operation in the blocked layout. */
  default boolean fitsBlocks() {
    return ImageLayout.isWhole(output(), 1);
  }

  /**
   * Returns whether oneDNN computes this operation in the blocked layout without reference code.
   *
   * @param wantsGradient whether training needs the gradient of the input
   */
  default boolean isFastInBlocks(EmitContext blocked, boolean training, boolean wantsGradient) {
    return true;
  }
}
