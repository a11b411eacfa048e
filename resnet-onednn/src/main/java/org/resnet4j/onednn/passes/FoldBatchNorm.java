package org.resnet4j.onednn.passes;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.resnet4j.onednn.exec.Op;
import org.resnet4j.onednn.exec.Program;
import org.resnet4j.onednn.ir.Nonlinearity;
import org.resnet4j.onednn.ir.Value;
import org.resnet4j.onednn.ops.BatchNorm;
import org.resnet4j.onednn.ops.Fusable;
import org.resnet4j.onednn.ops.Fused;

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
      int producer = op instanceof BatchNorm norm ? producer(ops, norm.input()) : -1;
      if (producer >= 0 && program.isReadOnlyBy(op.inputs().get(0), op, readers)) {
        ops.set(producer, folded(ops.get(producer), (BatchNorm) op));
      } else {
        ops.add(op);
      }
    }
    return program.withOps(ops);
  }

  private static int producer(List<Op> ops, Value value) {
    for (int i = ops.size() - 1; i >= 0; i--) {
      if (ops.get(i).output() == value) {
        return ops.get(i) instanceof Fusable fusable
                && fusable.hasWeights()
                && fusable.fused().isNothing()
            ? i
            : -1;
      }
    }
    return -1;
  }

  private static Op folded(Op op, BatchNorm norm) {
    Fused fused = new Fused(norm.norm(), null, Nonlinearity.IDENTITY);
    return ((Fusable) op).with(fused, norm.output());
  }
}
