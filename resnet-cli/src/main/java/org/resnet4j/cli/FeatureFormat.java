package org.resnet4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The formats of files of features, by the ending of the file. */
enum FeatureFormat {
  NPY,
  CSV;

  /**
   * Returns the format of {@code output}: a device or a pipe gets that of {@code .npy}.
   *
   * @throws IllegalArgumentException when the ending is another
   */
  static FeatureFormat of(Path output) {
    String name = String.valueOf(output.getFileName()).toLowerCase(Locale.ROOT);
    if (name.endsWith(".csv")) {
      return CSV;
    }
    boolean isDevice =
        Files.exists(output) && !Files.isRegularFile(output) && !Files.isDirectory(output);
    if (name.endsWith(".npy") || isDevice) {
      return NPY;
    }
    throw new IllegalArgumentException(
        output + ": expected a file named .npy or .csv; choose the ending of the format");
  }

  /** Opens {@code file} for at most {@code most} images. */
  FeatureRows open(Path file, int most) throws IOException {
    return this == CSV ? new CsvRows(file) : new NpyRows(file, most);
  }
}
