package org.resnet4j.image;

import java.io.IOException;

/** A data file that is not what it should be; the message says where, what, and what to do. */
public final class DataFormatException extends IOException {
  private static final long serialVersionUID = 1;

  /** What a user can do about an image file that is refused. */
  static final String IMAGE_REMEDY = "save it again as JPEG or PNG, or remove it";

  public DataFormatException(String message) {
    super(message);
  }

  public DataFormatException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Returns one sentence about an image file that is not what it should be. */
  static DataFormatException ofImage(String where, String finding) {
    return new DataFormatException(where + ": " + finding + "; " + IMAGE_REMEDY);
  }

  /** A finding at a byte {@code offset} of the file, after decompression if it is compressed. */
  public static DataFormatException at(String where, long offset, String finding, String remedy) {
    return new DataFormatException(
        "%s: offset %s: %s; %s".formatted(where, offset, finding, remedy));
  }
}
