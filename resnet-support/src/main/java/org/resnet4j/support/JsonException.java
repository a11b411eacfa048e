package org.resnet4j.support;

import java.io.IOException;
import java.util.Objects;

/** Says why a text is not the JSON that was expected; the message names no file. */
public final class JsonException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Says what was found, for example {@code it lacks "name"}. */
  public JsonException(String finding, Throwable cause) {
    super(finding, cause);
  }

  JsonException(String finding) {
    super(finding);
  }

  @Override
  public String getMessage() {
    return Objects.requireNonNull(super.getMessage());
  }
}
