package org.resnet4j.fetch;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The error of a disk that cannot store more bytes; those received are kept for a later run. */
final class DiskWriteException extends IOException {
  private static final long serialVersionUID = 1;

  DiskWriteException(Path part, String finding, @Nullable IOException cause) {
    super(part + ": " + finding, cause);
  }
}
