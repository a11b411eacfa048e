package org.resnet4j.tensors;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.resnet4j.support.ForeignText;

/** A weight file that is not what it should be; the message says where, what, and what to do. */
public final class WeightFileException extends IOException {
  private static final long serialVersionUID = 1;

  /** What to do about a damaged file. */
  public static final String REFETCH = "fetch the file again";

  public WeightFileException(String message) {
    super(ForeignText.printable(message));
  }

  public WeightFileException(String message, Throwable cause) {
    super(ForeignText.printable(message), cause);
  }

  /** A finding at a byte {@code offset} of the file. */
  public static WeightFileException at(String where, long offset, String finding, String remedy) {
    return new WeightFileException(
        "%s: offset %s: %s; %s".formatted(where, offset, finding, remedy));
  }

  /** A finding in a file that another download may mend. */
  public static WeightFileException damaged(String finding, @Nullable Throwable cause) {
    String message = finding + "; " + REFETCH;
    return cause == null
        ? new WeightFileException(message)
        : new WeightFileException(message, cause);
  }
}
