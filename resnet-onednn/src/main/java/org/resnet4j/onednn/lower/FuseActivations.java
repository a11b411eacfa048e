package org.resnet4j.onednn.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.ir.Nonlinearity;
import org.resnet4j.onednn.ir.Op;
import org.resnet4j.onednn.ir.Program;
import org.resnet4j.onednn.ir.Value;

/** Fuses an activation into the operation that computes its input, if nothing else reads that. */
final class FuseActivations {
  private FuseActivations() {}

  static Program apply(Program program) {
    return apply(program, false);
  }

  /**
   * Returns the program with activations fused into batch normalisations and sums. The backward
   * pass can compute the gradient of these without the activation's input.
   */
  static Program afterNormsAndSums(Program program) {
    return apply(program, true);
  }

  private static Program apply(Program program, boolean training) {
    Map<Value, List<Op>> readers = program.readers();
    List<Op> ops = new ArrayList<>();
    for (Op op : program.ops()) {
      if (op instanceof Op.Activate activate
          && program.isReadOnlyBy(activate.input(), op, readers)
          && fuse(ops, activate, training)) {
        continue;
      }
      ops.add(op);
    }
    return program.withOps(ops);
  }

  private static boolean fuse(List<Op> ops, Op.Activate activate, boolean training) {
    for (int i = ops.size() - 1; i >= 0; i--) {
      if (ops.get(i).output() == activate.input()) {
        Op fused = fused(ops.get(i), activate, training);
        if (fused == null) {
          return false;
        }
        ops.set(i, fused);
        return true;
      }
    }
    return false;
  }

  private static @Nullable Op fused(Op op, Op.Activate activate, boolean training) {
    Nonlinearity activation = activate.activation();
    Value out = activate.output();
    if (op instanceof Op.BatchNorm norm && activation == Nonlinearity.RELU) {
      return norm.activation() != Nonlinearity.IDENTITY
          ? null
          : new Op.BatchNorm(
              norm.layer(),
              norm.input(),
              out,
              norm.gamma(),
              norm.beta(),
              norm.mean(),
              norm.variance(),
              norm.logDeviation(),
              norm.epsilon(),
              norm.decay(),
              norm.frozen(),
              activation);
    }
    if (activation == Nonlinearity.SOFTMAX) {
      return null;
    }
    if (op instanceof Op.Add add && add.activation() == Nonlinearity.IDENTITY) {
      return new Op.Add(add.layer(), add.left(), add.right(), out, activation);
    }
    Op.Fused before = Fusing.of(op);
    if (training || before == null || before.activation() != Nonlinearity.IDENTITY) {
      return null;
    }
    return Fusing.with(op, new Op.Fused(before.norm(), before.addend(), activation), out);
  }
}
