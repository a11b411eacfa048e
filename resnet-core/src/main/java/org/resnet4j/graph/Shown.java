package org.resnet4j.graph;

/** Text from a file as an error message shows it. */
final class Shown {
  private static final int MOST = 120;

  private Shown() {}

  /** Returns what happened, in a line. */
  static String of(Throwable problem) {
    String message = problem.getMessage();
    return of(message == null ? problem.getClass().getSimpleName() : message.split("\n", 2)[0]);
  }

  /**
   * Returns the text without control characters, C1 included, and no more than the beginning of
   * long ones.
   */
  static String of(String text) {
    String start = text.length() > MOST ? text.substring(0, MOST) + "…" : text;
    return start.replaceAll("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]", "?");
  }
}
