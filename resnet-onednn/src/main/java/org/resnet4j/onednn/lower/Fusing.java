package org.resnet4j.onednn.lower;

import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.ir.Op;
import org.resnet4j.onednn.ir.Value;

/** Fuses operations into convolutions, dense layers and scalings of channels. */
final class Fusing {
  private Fusing() {}

  /** Returns {@code op} with other fused operations and another output. */
  static Op with(Op op, Op.Fused fused, Value output) {
    if (op instanceof Op.Conv conv) {
      return new Op.Conv(
          conv.layer(), conv.input(), output, conv.window(), conv.weights(), conv.bias(), fused);
    }
    if (op instanceof Op.ScaleChannels scale) {
      return new Op.ScaleChannels(scale.layer(), scale.input(), scale.factors(), output, fused);
    }
    Op.Dense dense = (Op.Dense) op;
    return new Op.Dense(dense.layer(), dense.input(), output, dense.weights(), dense.bias(), fused);
  }

  /** Returns the operations fused into {@code op}; null if nothing can be fused into it. */
  static Op.@Nullable Fused of(Op op) {
    return op instanceof Op.Conv conv
        ? conv.fused()
        : op instanceof Op.Dense dense
            ? dense.fused()
            : op instanceof Op.ScaleChannels scale ? scale.fused() : null;
  }
}
