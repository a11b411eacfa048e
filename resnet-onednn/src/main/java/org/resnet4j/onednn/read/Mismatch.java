package org.resnet4j.onednn.read;

/** Creates errors for graphs that neither the engine nor Deeplearning4j can compute. */
public final class Mismatch {
  private Mismatch() {}

  /**
   * Returns an exception that names the vertex; {@code what} says what was expected and what was
   * found.
   */
  public static IllegalArgumentException at(String vertex, String what) {
    return new IllegalArgumentException("vertex \"" + vertex + "\": " + what);
  }
}
