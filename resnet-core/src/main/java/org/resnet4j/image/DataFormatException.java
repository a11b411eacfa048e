package org.resnet4j.image;

import java.io.IOException;
import org.resnet4j.support.ForeignText;

/**
 * A data file that does not have the expected format. The message has the file, the finding and the
 * remedy in one line; control characters from the file are escaped.
 */
public final class DataFormatException extends IOException {
  private static final long serialVersionUID = 1;

  /** The remedy in messages about refused image files. */
  static final String IMAGE_REMEDY = "save it again as JPEG or PNG, or remove it";

  public DataFormatException(String message) {
    super(ForeignText.printable(message));
  }

  public DataFormatException(String message, Throwable cause) {
    super(ForeignText.printable(message), cause);
  }

  /** Returns an exception for an image file that does not have the expected format. */
  static DataFormatException ofImage(String where, String finding) {
    return new DataFormatException(where + ": " + finding + "; " + IMAGE_REMEDY);
  }

  /**
   * Returns an exception for a finding at a byte {@code offset} of the file, after decompression if
   * it is compressed.
   */
  public static DataFormatException at(String where, long offset, String finding, String remedy) {
    return new DataFormatException(
        "%s: offset %s: %s; %s".formatted(where, offset, finding, remedy));
  }
}
