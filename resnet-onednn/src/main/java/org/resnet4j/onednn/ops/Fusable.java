package org.resnet4j.onednn.ops;

import org.resnet4j.onednn.exec.Op;
import org.resnet4j.onednn.ir.Value;

/** An operation into which others can be fused in inference. */
public interface Fusable extends Op {
  /** Returns the fused operations. */
  Fused fused();

  /** Returns this operation with other fused operations and another output. */
  Fusable with(Fused fused, Value output);

  /** Returns whether a batch normalisation can be folded into the weights. */
  default boolean hasWeights() {
    return false;
  }
}
