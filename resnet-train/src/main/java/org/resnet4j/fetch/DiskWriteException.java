package org.resnet4j.fetch;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The disk does not take what comes: what is there is kept, for a run with more room. */
final class DiskWriteException extends IOException {
  private static final long serialVersionUID = 1;

  DiskWriteException(Path part, String finding, @Nullable IOException cause) {
    super(part + ": " + finding, cause);
  }
}
