package org.resnet4j.onednn.passes;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.resnet4j.onednn.exec.Op;
import org.resnet4j.onednn.exec.Program;
import org.resnet4j.onednn.ir.Value;
import org.resnet4j.onednn.ops.Add;
import org.resnet4j.onednn.ops.Fusable;
import org.resnet4j.onednn.ops.Fused;

/**
 * Fuses a sum into the later of the two convolutions whose outputs it adds. The result overwrites
 * the other summand, which nothing may read afterwards.
 */
final class FuseSums {
  private FuseSums() {}

  static Program apply(Program program) {
    Map<Value, List<Op>> readers = program.readers();
    List<Op> ops = new ArrayList<>();
    for (int i = 0; i < program.ops().size(); i++) {
      Op op = program.ops().get(i);
      if (op instanceof Add add && add.left() != add.right()) {
        if (fuse(program, add, add.left(), add.right(), i, readers, ops)
            || fuse(program, add, add.right(), add.left(), i, readers, ops)) {
          continue;
        }
      }
      ops.add(op);
    }
    return program.withOps(ops);
  }

  /**
   * Fuses {@code add} into the operation that computes {@code mine}, if {@code other} is computed
   * before and may be overwritten.
   */
  private static boolean fuse(
      Program program,
      Add add,
      Value mine,
      Value other,
      int position,
      Map<Value, List<Op>> readers,
      List<Op> ops) {
    if (!program.isReadOnlyBy(mine, add, readers)
        || program.outputs().contains(other)
        || program.inputs().contains(other)) {
      return false;
    }
    for (Op later : program.ops().subList(position + 1, program.ops().size())) {
      if (later.inputs().contains(other)) {
        return false;
      }
    }
    boolean otherIsThere = false;
    for (int i = 0; i < ops.size(); i++) {
      Op op = ops.get(i);
      if (op.output() == mine) {
        return otherIsThere && fuseInto(ops, i, add, other);
      }
      otherIsThere |= op.output() == other;
    }
    return false;
  }

  private static boolean fuseInto(List<Op> ops, int index, Add add, Value other) {
    if (!(ops.get(index) instanceof Fusable op)) {
      return false;
    }
    Fused fused = op.fused();
    if (fused.addend() != null || !fused.activation().isIdentity() || op.inputs().contains(other)) {
      return false;
    }
    for (Op between : ops.subList(index + 1, ops.size())) {
      if (between.inputs().contains(other)) {
        return false;
      }
    }
    ops.set(index, op.with(new Fused(fused.norm(), other, add.activation()), add.output()));
    return true;
  }
}
