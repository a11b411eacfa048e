package org.resnet4j.model;

import org.resnet4j.support.ForeignText;

/** Text from a file as an error message shows it. */
final class Shown {
  private static final int MOST = 120;

  private Shown() {}

  /** Returns what happened, in a line. */
  static String of(Throwable problem) {
    String message = problem.getMessage();
    return of(message == null ? problem.getClass().getSimpleName() : message.split("\n", 2)[0]);
  }

  /** Returns the text as one line that steers no terminal, of long ones the beginning. */
  static String of(String text) {
    return ForeignText.printable(text.length() > MOST ? text.substring(0, MOST) + "…" : text);
  }
}
