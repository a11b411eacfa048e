package org.resnet4j.tensors;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.resnet4j.support.ForeignText;

/**
 * A weight file that does not have the expected format. The message has the file, the finding and
 * the remedy.
 */
public final class WeightFileException extends IOException {
  private static final long serialVersionUID = 1;

  /** The remedy for a damaged file. */
  public static final String REFETCH = "fetch the file again";

  public WeightFileException(String message) {
    super(ForeignText.printable(message));
  }

  public WeightFileException(String message, Throwable cause) {
    super(ForeignText.printable(message), cause);
  }

  /** Returns an exception for a finding at a byte {@code offset} of the file. */
  public static WeightFileException at(String where, long offset, String finding, String remedy) {
    return new WeightFileException(
        "%s: offset %s: %s; %s".formatted(where, offset, finding, remedy));
  }

  /** Returns an exception for a finding that another download may repair. */
  public static WeightFileException damaged(String finding, @Nullable Throwable cause) {
    String message = finding + "; " + REFETCH;
    return cause == null
        ? new WeightFileException(message)
        : new WeightFileException(message, cause);
  }
}
