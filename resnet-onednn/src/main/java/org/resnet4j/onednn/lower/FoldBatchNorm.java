package org.resnet4j.onednn.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.resnet4j.onednn.ir.Nonlinearity;
import org.resnet4j.onednn.ir.Op;
import org.resnet4j.onednn.ir.Program;
import org.resnet4j.onednn.ir.Value;

/**
 * Folds a batch normalisation into the weights of a convolution or dense layer whose output nothing
 * else reads.
 */
final class FoldBatchNorm {
  private FoldBatchNorm() {}

  static Program apply(Program program) {
    Map<Value, List<Op>> readers = program.readers();
    List<Op> ops = new ArrayList<>();
    for (Op op : program.ops()) {
      int producer = op instanceof Op.BatchNorm norm ? producer(ops, norm.input()) : -1;
      if (producer >= 0 && program.isReadOnlyBy(op.inputs().get(0), op, readers)) {
        ops.set(producer, folded(ops.get(producer), (Op.BatchNorm) op));
      } else {
        ops.add(op);
      }
    }
    return program.withOps(ops);
  }

  private static int producer(List<Op> ops, Value value) {
    for (int i = ops.size() - 1; i >= 0; i--) {
      if (ops.get(i).output() == value) {
        Op.Fused fused = Fusing.of(ops.get(i));
        boolean weighted = ops.get(i) instanceof Op.Conv || ops.get(i) instanceof Op.Dense;
        return weighted && fused != null && fused.isNothing() ? i : -1;
      }
    }
    return -1;
  }

  private static Op folded(Op op, Op.BatchNorm norm) {
    Op.Fused fused = new Op.Fused(norm, null, Nonlinearity.IDENTITY);
    return Fusing.with(op, fused, norm.output());
  }
}
