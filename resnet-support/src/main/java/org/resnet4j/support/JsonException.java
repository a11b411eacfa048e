package org.resnet4j.support;

import java.io.IOException;
import java.util.Objects;

/** A text that is not the expected JSON; the message names no file. */
public final class JsonException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception with a finding, for example {@code it lacks "name"}. */
  public JsonException(String finding, Throwable cause) {
    super(finding, cause);
  }

  public JsonException(String finding) {
    super(finding);
  }

  @Override
  public String getMessage() {
    return Objects.requireNonNull(super.getMessage());
  }
}
