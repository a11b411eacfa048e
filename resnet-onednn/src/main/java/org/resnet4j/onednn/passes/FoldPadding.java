package org.resnet4j.onednn.passes;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.resnet4j.onednn.exec.Op;
import org.resnet4j.onednn.exec.Program;
import org.resnet4j.onednn.ir.Value;
import org.resnet4j.onednn.ir.Window;
import org.resnet4j.onednn.ops.Conv;
import org.resnet4j.onednn.ops.Pad;

/** Folds zeros around an image into the padding of the convolution that alone reads them. */
final class FoldPadding {
  private FoldPadding() {}

  static Program apply(Program program) {
    Map<Value, List<Op>> readers = program.readers();
    List<Op> ops = new ArrayList<>(program.ops());
    for (Op op : program.ops()) {
      if (op instanceof Pad pad
          && pad.input().size(1) == pad.output().size(1)
          && program.onlyReader(pad.output(), readers) instanceof Conv conv) {
        ops.set(ops.indexOf(conv), padded(pad, conv));
        ops.remove(pad);
      }
    }
    return program.withOps(ops);
  }

  private static Conv padded(Pad pad, Conv conv) {
    Window window = conv.window();
    long[] begin = window.padBegin().clone();
    long[] end = window.padEnd().clone();
    for (int axis = 0; axis < 2; axis++) {
      long before = pad.before()[2 + axis];
      begin[axis] += before;
      end[axis] += pad.output().size(2 + axis) - pad.input().size(2 + axis) - before;
    }
    return conv.of(
        pad.input(), new Window(window.kernel(), window.stride(), window.dilation(), begin, end));
  }
}
