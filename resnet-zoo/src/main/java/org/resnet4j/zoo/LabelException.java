package org.resnet4j.zoo;

/** The error for text that gives no labels; the message names no file. */
final class LabelException extends Exception {
  private static final long serialVersionUID = 1;

  LabelException(String message) {
    super(message);
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
