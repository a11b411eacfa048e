package org.resnet4j.onednn.exec;

import java.util.List;
import org.resnet4j.onednn.ir.Value;

/** An operation that reads one value. */
public interface UnaryOp extends Op {
  Value input();

  @Override
  default List<Value> inputs() {
    return List.of(input());
  }
}
