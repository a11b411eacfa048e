package org.resnet4j.data.sets;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

final class FolderDataset {
  private FolderDataset() {}

  static OpenDataset open(DatasetRow row, Path folder, Split split) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new IOException("TODO");
    }
    return EmbeddedSubset.open(row, split);
  }
}
