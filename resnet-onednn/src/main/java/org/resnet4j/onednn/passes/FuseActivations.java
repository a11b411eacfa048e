package org.resnet4j.onednn.passes;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.exec.Op;
import org.resnet4j.onednn.exec.Program;
import org.resnet4j.onednn.ir.Nonlinearity;
import org.resnet4j.onednn.ir.Value;
import org.resnet4j.onednn.ops.Activate;
import org.resnet4j.onednn.ops.Add;
import org.resnet4j.onednn.ops.BatchNorm;
import org.resnet4j.onednn.ops.Fusable;
import org.resnet4j.onednn.ops.Fused;

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
      if (op instanceof Activate activate
          && program.isReadOnlyBy(activate.input(), op, readers)
          && fuse(ops, activate, training)) {
        continue;
      }
      ops.add(op);
    }
    return program.withOps(ops);
  }

  private static boolean fuse(List<Op> ops, Activate activate, boolean training) {
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

  private static @Nullable Op fused(Op op, Activate activate, boolean training) {
    Nonlinearity activation = activate.activation();
    Value out = activate.output();
    if (op instanceof BatchNorm norm && activation.equals(Nonlinearity.RELU)) {
      return !norm.activation().isIdentity() ? null : norm.withRelu(out);
    }
    if (activation.kind() == Nonlinearity.Kind.SOFTMAX
        || (training && !activation.isResultEnough())) {
      return null;
    }
    if (op instanceof Add add && add.activation().isIdentity()) {
      return add.with(activation, out);
    }
    if (training
        || !(op instanceof Fusable fusable)
        || !fusable.fused().activation().isIdentity()) {
      return null;
    }
    Fused before = fusable.fused();
    return fusable.with(new Fused(before.norm(), before.addend(), activation), out);
  }
}
