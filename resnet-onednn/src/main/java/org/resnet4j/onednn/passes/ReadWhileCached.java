package org.resnet4j.onednn.passes;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.resnet4j.onednn.exec.Op;
import org.resnet4j.onednn.exec.Program;

/**
 * Moves an operation directly before the reader of its output, if a single other operation is
 * between them. The reader then finds its input in the cache. Shortcuts are moved this way. The
 * pass must run before {@link FuseSums}, whose results overwrite values: until then, any order that
 * respects inputs is correct.
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
