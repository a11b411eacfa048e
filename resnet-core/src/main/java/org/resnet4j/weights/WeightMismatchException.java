package org.resnet4j.weights;

import java.io.IOException;

/** A valid weight file that holds another network than the one it was loaded into. */
public final class WeightMismatchException extends IOException {
  private static final long serialVersionUID = 1;

  WeightMismatchException(String message) {
    super(message);
  }
}
