package org.resnet4j.zoo;

import java.io.IOException;
import java.nio.file.Path;

/** The error for a file of weights that does not say which architecture they are for. */
public final class UnknownArchitectureException extends IOException {
  private static final long serialVersionUID = 1;

  private final String problem;
  private final String file;

  private UnknownArchitectureException(String file, String problem) {
    super(problem + "; name it by LoadOptions.of(architecture)");
    this.file = file;
    this.problem = problem;
  }

  UnknownArchitectureException(Path file) {
    this(
        file.toString(),
        file + ": expected a model that names its architecture, but files of weights alone do not");
  }

  /** Returns the path of the file. */
  public String file() {
    return file;
  }

  /** Returns the message without its advice. */
  public String problem() {
    return problem;
  }
}
