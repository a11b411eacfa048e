package org.resnet4j.onednn;

/** The engine cannot run a graph; the message names the vertex and its type. */
public final class UnsupportedGraphException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final String reason;

  public UnsupportedGraphException(String vertex, String what) {
    this("vertex \"%s\": %s is not supported by the oneDNN engine".formatted(vertex, what));
  }

  private UnsupportedGraphException(String reason) {
    super(
        reason
            + "; run this graph on stock Deeplearning4j (CompileOptions.orFallBack() does it, and so does --engine auto)");
    this.reason = reason;
  }

  /** The message without what to do. */
  String reason() {
    return reason;
  }
}
