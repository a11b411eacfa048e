package org.resnet4j.onednn.lower;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.resnet4j.onednn.ir.Op;
import org.resnet4j.onednn.ir.Program;

/**
 * Runs a shortcut before the branch beside it where it stands within: what comes next in that
 * branch finds its input in the cache then. Comes before {@link FuseSums}, whose results are
 * written over what others may have to read before: until then, any order that respects inputs will
 * do.
 */
final class ReadWhileCached {
  private ReadWhileCached() {}

  static Program apply(Program program) {
    List<Op> ops = new ArrayList<>(program.ops());
    for (int i = 0; i + 2 < ops.size(); i++) {
      Op first = ops.get(i);
      Op between = ops.get(i + 1);
      Op reader = ops.get(i + 2);
      if (!between.inputs().contains(first.output())
          && reader.inputs().contains(first.output())
          && !reader.inputs().contains(between.output())) {
        Collections.swap(ops, i, i + 1);
      }
    }
    return program.withOps(ops);
  }
}
