package org.resnet4j.training;

/** The error for NaN or Inf in training; the message names the place and the remedy. */
public final class TrainingDivergedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  TrainingDivergedException(String message) {
    super(message);
  }
}
