package org.resnet4j.data.sets;

import java.util.List;
import org.resnet4j.data.sets.DatasetSpec.Part;
import org.resnet4j.fetch.Download;

/** Small dataset descriptions for tests. */
final class TestSpecs {
  private TestSpecs() {}

  /** Returns Fashion-MNIST with other downloads. */
  static DatasetSpec files(Download... downloads) {
    DatasetSpec like = Datasets.byName("fashion-mnist");
    return spec(like, like.train(), like.test(), downloads);
  }

  /** Returns {@code like} with other files and downloads. */
  static DatasetSpec spec(DatasetSpec like, Part train, Part test, Download... downloads) {
    return new DatasetSpec(
        like.name(),
        like.title(),
        like.format(),
        like.shape(),
        like.classes(),
        like.stats(),
        train,
        test,
        like.folder(),
        List.of(downloads),
        like.licence(),
        like.source());
  }
}
