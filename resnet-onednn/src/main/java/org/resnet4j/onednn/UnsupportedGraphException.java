package org.resnet4j.onednn;

/** The engine cannot run a graph; the message names the vertex and its type. */
public final class UnsupportedGraphException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  public UnsupportedGraphException(String vertex, String what) {
    super(
        "vertex \"%s\": %s is not supported by the oneDNN engine; run this graph on stock Deeplearning4j (CompileOptions.orFallBack() does it)"
            .formatted(vertex, what));
  }
}
