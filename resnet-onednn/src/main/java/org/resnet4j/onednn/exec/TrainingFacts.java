package org.resnet4j.onednn.exec;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.resnet4j.onednn.ir.Value;

/** Derives from a program what its backward pass depends on. */
final class TrainingFacts {
  private TrainingFacts() {}

  static TrainingContext.Facts of(Program program) {
    Map<Value, List<Op>> readers = program.readers();
    Set<Value> wanted = new HashSet<>();
    Set<Value> free = new HashSet<>();
    Set<Value> centred = new HashSet<>();
    for (Op op : program.ops()) {
      Value output = op.output();
      if (op.isTrained() || op.inputs().stream().anyMatch(wanted::contains)) {
        wanted.add(output);
      }
      Op reader = program.onlyReader(output, readers);
      if (reader != null && op.isOutputFree()) {
        free.add(output);
      }
      if (reader != null && reader.removesMean()) {
        centred.add(output);
      }
    }
    return new TrainingContext.Facts(wanted, free, centred);
  }
}
