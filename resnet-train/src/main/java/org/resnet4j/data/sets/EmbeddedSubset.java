package org.resnet4j.data.sets;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import org.resnet4j.data.Gzip;
import org.resnet4j.data.Idx;
import org.resnet4j.data.ImageSource;
import org.resnet4j.data.sets.DatasetRow.DataFile;
import org.resnet4j.support.Digest;

/**
 * The part of Fashion-MNIST in the artifact {@code resnet-demo-data}: half of the training images
 * and all test images. Without the artifact there is none.
 */
final class EmbeddedSubset {
  private EmbeddedSubset() {}

  /** Whether there is one of that row. */
  static boolean has(DatasetRow row) {
    return row.files()
        .findFirst()
        .filter(file -> EmbeddedSubset.class.getResource(path(row, file)) != null)
        .isPresent();
  }

  static OpenDataset open(DatasetRow row, Split split) throws IOException {
    DataFile images = row.part(split).files().get(0);
    DataFile labels = row.part(split).files().get(1);
    Digest sum = Digest.sha256();
    for (DataFile file : row.part(split).files()) {
      try (InputStream in = Gzip.unpacked(path(row, file), resource(row, file))) {
        sum.add(in);
      }
    }
    try (InputStream imageBytes = resource(row, images);
        InputStream labelBytes = resource(row, labels)) {
      ImageSource source =
          Idx.open(row.title() + " in the jar", imageBytes, labelBytes, row.classes());
      String origin =
          "%s, embedded subset: %s"
              .formatted(row.title(), DatasetLocation.count(row, split, source));
      return new OpenDataset(row, split, source, origin, sum.hex());
    }
  }

  private static InputStream resource(DatasetRow row, DataFile file) throws IOException {
    InputStream in = EmbeddedSubset.class.getResourceAsStream(path(row, file));
    if (in == null) {
      throw new FileNotFoundException(
          "%s: expected %s.gz in the jar but it is not there; was the jar repackaged?"
              .formatted(row.name(), file.name()));
    }
    return in;
  }

  private static String path(DatasetRow row, DataFile file) {
    return "/org/resnet4j/demo/" + row.name() + "/" + file.name() + ".gz";
  }
}
