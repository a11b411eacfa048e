package org.resnet4j.onednn.lower;

/** What neither the engine nor Deeplearning4j can compute. */
final class Mismatch {
  private Mismatch() {}

  /** An exception that names the vertex; {@code what} says what was expected and what there is. */
  static IllegalArgumentException at(String vertex, String what) {
    return new IllegalArgumentException("vertex \"" + vertex + "\": " + what);
  }
}
