package org.resnet4j.onednn;

import java.io.Serializable;
import java.util.List;
import java.util.stream.Collectors;

/** Thrown when the engine cannot run a graph; the message names every unsupported vertex. */
public sealed class UnsupportedGraphException extends IllegalArgumentException
    permits UnsupportedShapeException {
  private static final long serialVersionUID = 1;

  /** The largest number of vertices that the message names. */
  private static final int LISTED = 20;

  private static final String ENDING = " not supported by the oneDNN engine";

  /**
   * A vertex that the engine does not support.
   *
   * @param kind class of its layer or of itself, for example {@code LSTM}; empty for an input
   * @param reason what is not supported
   */
  public record Vertex(String name, String kind, String reason) implements Serializable {
    @Override
    public String toString() {
      String of = kind.isEmpty() || reason.contains(kind) ? "" : " (" + kind + ")";
      return "vertex \"" + name + "\": " + reason + of;
    }
  }

  private final Vertex[] vertices;
  private final String reason;

  public UnsupportedGraphException(String vertex, String what) {
    this(List.of(new Vertex(vertex, "", what)));
  }

  /** Creates an exception for one or more vertices. */
  public UnsupportedGraphException(List<Vertex> vertices) {
    this(vertices, reason(vertices));
  }

  private UnsupportedGraphException(List<Vertex> vertices, String reason) {
    super(
        reason + "; run this graph on stock Deeplearning4j (CompileOptions.orFallBack() does it)");
    this.vertices = vertices.toArray(Vertex[]::new);
    this.reason = reason;
  }

  private static String reason(List<Vertex> vertices) {
    if (vertices.size() == 1) {
      return vertices.get(0) + " is" + ENDING;
    }
    String listed =
        vertices.stream().limit(LISTED).map(Vertex::toString).collect(Collectors.joining("; "));
    int others = vertices.size() - LISTED;
    return vertices.size()
        + " vertices are"
        + ENDING
        + ": "
        + listed
        + (others > 0 ? "; and " + others + " more" : "");
  }

  /** Returns the unsupported vertices, all of them, in the order of the graph. */
  public List<Vertex> vertices() {
    return List.of(vertices);
  }

  /** Returns the message without the advice. */
  public String reason() {
    return reason;
  }
}
