package org.resnet4j.onednn.read;

import java.util.List;
import org.resnet4j.onednn.UnsupportedGraphException;
import org.resnet4j.onednn.UnsupportedShapeException;
import org.resnet4j.onednn.exec.Op;
import org.resnet4j.onednn.ir.Value;

/** The vertex that is read: its name, and the list to which its operations are added. */
public class VertexReading {
  private final String name;
  private final boolean training;
  private final List<Op> ops;

  /** Creates the reading of a vertex, which adds operations to {@code ops}. */
  public VertexReading(String name, boolean training, List<Op> ops) {
    this.name = name;
    this.training = training;
    this.ops = ops;
  }

  /** Returns the name of the vertex. */
  public String name() {
    return name;
  }

  /** Returns whether a training step is read. */
  public boolean isTraining() {
    return training;
  }

  /** Adds an operation, and returns its output. */
  public Value add(Op op) {
    ops.add(op);
    return op.output();
  }

  /** Returns the only input of the vertex. */
  public Value only(List<Value> inputs) {
    if (inputs.size() != 1) {
      throw mismatch("expected one input but there are " + inputs);
    }
    return inputs.get(0);
  }

  /** Returns an exception for what the engine does not compute. */
  public IllegalArgumentException unsupported(String what) {
    return new UnsupportedGraphException(name, what);
  }

  /** Returns an exception for shapes that the engine does not compute. */
  public IllegalArgumentException unsupportedShape(String what) {
    return new UnsupportedShapeException(name, what);
  }

  /** Returns an exception for what Deeplearning4j does not compute, either. */
  public IllegalArgumentException mismatch(String what) {
    return Mismatch.at(name, what);
  }
}
