package org.resnet4j.support;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads files from outside whole, up to a length: a file may have no end, or grow. */
public final class BoundedFile {
  private BoundedFile() {}

  /**
   * Returns the bytes of {@code file}.
   *
   * @param most number of bytes that are accepted
   * @param tooLong what is said of a longer file, after its name
   * @throws IOException when it is longer, or cannot be read
   */
  public static byte[] read(Path file, int most, String tooLong) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(most + 1);
      if (bytes.length > most) {
        throw new IOException(file + ": " + tooLong);
      }
      return bytes;
    }
  }
}
