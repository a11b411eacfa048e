package org.resnet4j.onednn;

/** Thrown when the engine cannot run a graph; the message names the vertex and its type. */
public sealed class UnsupportedGraphException extends IllegalArgumentException
    permits UnsupportedShapeException {
  private static final long serialVersionUID = 1;

  private final String reason;

  public UnsupportedGraphException(String vertex, String what) {
    this("vertex \"" + vertex + "\": " + what + " is not supported by the oneDNN engine");
  }

  private UnsupportedGraphException(String reason) {
    super(
        reason + "; run this graph on stock Deeplearning4j (CompileOptions.orFallBack() does it)");
    this.reason = reason;
  }

  /** Returns the message without the advice. */
  public String reason() {
    return reason;
  }
}
