package org.resnet4j.weights;

import java.io.IOException;

/** A weight file that is sound but holds another network than the one it was to fill. */
public final class WeightMismatchException extends IOException {
  private static final long serialVersionUID = 1;

  WeightMismatchException(String message) {
    super(message);
  }
}
