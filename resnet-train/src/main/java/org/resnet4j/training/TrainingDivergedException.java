package org.resnet4j.training;

/** Numbers have left the range of floats; the message says where, and what to do. */
public final class TrainingDivergedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  TrainingDivergedException(String message) {
    super(message);
  }
}
