package org.resnet4j.data.sets;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import org.resnet4j.data.Gzip;
import org.resnet4j.data.Idx;
import org.resnet4j.data.ImageSource;
import org.resnet4j.data.sets.DatasetSpec.DataFile;
import org.resnet4j.support.Digest;

/**
 * The part of Fashion-MNIST in the artifact {@code resnet-demo-data}: 50 % of the training images
 * and all test images. It is absent if that artifact is.
 */
final class EmbeddedSubset {
  private EmbeddedSubset() {}

  /** Returns whether the class path holds all files of the dataset. */
  static boolean has(DatasetSpec spec) {
    return spec.files()
        .findFirst()
        .filter(file -> EmbeddedSubset.class.getResource(path(spec, file)) != null)
        .isPresent();
  }

  static OpenDataset open(DatasetSpec spec, Split split) throws IOException {
    DataFile images = spec.part(split).files().get(0);
    DataFile labels = spec.part(split).files().get(1);
    Digest sum = Digest.sha256();
    for (DataFile file : spec.part(split).files()) {
      try (InputStream in = Gzip.unpacked(path(spec, file), resource(spec, file))) {
        sum.add(in);
      }
    }
    try (InputStream imageBytes = resource(spec, images);
        InputStream labelBytes = resource(spec, labels)) {
      ImageSource source =
          Idx.open(spec.title() + " in the jar", imageBytes, labelBytes, spec.classes());
      String origin =
          "%s, embedded subset: %s"
              .formatted(spec.title(), DatasetLocation.count(spec, split, source));
      return new OpenDataset(spec, split, source, origin, sum.hex());
    }
  }

  private static InputStream resource(DatasetSpec spec, DataFile file) throws IOException {
    InputStream in = EmbeddedSubset.class.getResourceAsStream(path(spec, file));
    if (in == null) {
      throw new FileNotFoundException(
          "%s: expected %s.gz in the jar but it is not there; was the jar repackaged?"
              .formatted(spec.name(), file.name()));
    }
    return in;
  }

  private static String path(DatasetSpec spec, DataFile file) {
    return "/org/resnet4j/demo/" + spec.name() + "/" + file.name() + ".gz";
  }
}
