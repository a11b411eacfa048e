package org.resnet4j.model;

import org.resnet4j.support.ForeignText;

/** Makes text from a file safe for error messages. */
final class Shown {
  private static final int MOST = 120;

  private Shown() {}

  /** Returns a description of {@code problem} in one line. */
  static String of(Throwable problem) {
    String message = problem.getMessage();
    return of(message == null ? problem.getClass().getSimpleName() : message.split("\n", 2)[0]);
  }

  /** Returns the text as one line without control characters; long text is shortened. */
  static String of(String text) {
    return ForeignText.start(text, MOST);
  }
}
