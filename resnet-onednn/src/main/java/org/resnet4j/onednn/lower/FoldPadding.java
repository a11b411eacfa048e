package org.resnet4j.onednn.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.resnet4j.onednn.ir.Op;
import org.resnet4j.onednn.ir.Program;
import org.resnet4j.onednn.ir.Value;
import org.resnet4j.onednn.ir.Window;

/** Folds zeros around an image into the padding of the convolution that alone reads them. */
final class FoldPadding {
  private FoldPadding() {}

  static Program apply(Program program) {
    Map<Value, List<Op>> readers = program.readers();
    List<Op> ops = new ArrayList<>(program.ops());
    for (Op op : program.ops()) {
      if (op instanceof Op.Pad pad
          && pad.input().size(1) == pad.output().size(1)
          && program.onlyReader(pad.output(), readers) instanceof Op.Conv conv) {
        ops.set(ops.indexOf(conv), padded(pad, conv));
        ops.remove(pad);
      }
    }
    return program.withOps(ops);
  }

  private static Op.Conv padded(Op.Pad pad, Op.Conv conv) {
    Window window = conv.window();
    long[] begin = window.padBegin().clone();
    long[] end = window.padEnd().clone();
    for (int axis = 0; axis < 2; axis++) {
      long before = pad.before()[2 + axis];
      begin[axis] += before;
      end[axis] += pad.output().size(2 + axis) - pad.input().size(2 + axis) - before;
    }
    return new Op.Conv(
        conv.layer(),
        pad.input(),
        conv.output(),
        new Window(window.kernel(), window.stride(), window.dilation(), begin, end),
        conv.weights(),
        conv.bias(),
        conv.fused());
  }
}
