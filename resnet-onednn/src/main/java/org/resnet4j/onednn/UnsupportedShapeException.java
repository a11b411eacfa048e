package org.resnet4j.onednn;

import java.util.List;

/** Thrown when the engine cannot run a graph for inputs of these shapes; it may for others. */
public final class UnsupportedShapeException extends UnsupportedGraphException {
  private static final long serialVersionUID = 1;

  public UnsupportedShapeException(String vertex, String what) {
    super(vertex, what);
  }

  /** Creates an exception for one or more vertices. */
  public UnsupportedShapeException(List<Vertex> vertices) {
    super(vertices);
  }
}
