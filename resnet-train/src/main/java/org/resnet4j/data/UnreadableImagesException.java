package org.resnet4j.data;

import java.io.IOException;

/** The refusal of a dataset with images that cannot be read. */
public final class UnreadableImagesException extends IOException {
  private static final long serialVersionUID = 1;

  private final String problem;

  UnreadableImagesException(String problem) {
    super(problem + "; repair or remove them, or leave them out with skipUnreadable()");
    this.problem = problem;
  }

  /** Returns the message without the remedies. */
  public String problem() {
    return problem;
  }
}
