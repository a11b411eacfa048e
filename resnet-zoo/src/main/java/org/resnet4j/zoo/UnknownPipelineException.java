package org.resnet4j.zoo;

import java.io.IOException;
import java.nio.file.Path;

/** The error for a model zip that does not say how images are prepared for its network. */
public final class UnknownPipelineException extends IOException {
  private static final long serialVersionUID = 1;

  private final String problem;

  private UnknownPipelineException(String problem) {
    super(problem + "; set LoadOptions.pipeline");
    this.problem = problem;
  }

  UnknownPipelineException(Path file) {
    this(
        file
            + ": expected a model zip that says how its images are prepared, but this one does not: another program wrote it");
  }

  /** Returns the message without its advice. */
  public String problem() {
    return problem;
  }
}
